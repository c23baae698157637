/** Something that one of the two rule languages says and the other cannot; the message names it and gives the reason. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
