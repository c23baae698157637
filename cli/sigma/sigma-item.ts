/** One line of a selection: a field, what becomes of its values, and the values. */
export type SigmaItem = {
  readonly path: string;
  readonly modifiers: ReadonlySet<string>;
  readonly encodings: readonly string[];
};

/** A single value as it is, more as a list: both are values of an operator. */
export const oneOrMany = <T>(values: readonly T[]): T | readonly T[] =>
  values.length === 1 ? (values[0] as T) : values;
