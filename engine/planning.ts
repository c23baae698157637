import { type AwsRead, awsReadSchema } from './aws-call.ts';
import { isRefusal, type Plan, planSchema, type Refusal } from './plan.ts';
import { type Draft, notApplicable, type Remediation, type WantedChange } from './remediations/remediation.ts';
import { aspectOf, partOf, type State, shows } from './state.ts';

export type ReadState = (read: AwsRead) => Promise<State>;

/** A port that asks the account once for each read, however often it is needed for a plan. */
export const readOnce = (read: ReadState): ReadState => {
  const answers = new Map<string, Promise<State>>();
  return (wanted) => {
    const key = JSON.stringify(wanted);
    const answer = answers.get(key) ?? read(wanted);
    answers.set(key, answer);
    return answer;
  };
};

/** Plans by what the account shows: the changes that are still to be made, each with what was there before. */
export const planFrom = async (
  name: string,
  { doesNotStop }: Remediation,
  draft: Draft,
  read: ReadState,
): Promise<Plan | Refusal> => {
  const known = await statesOf(draft.reads, read);
  for (const { read: asked, aspect, otherwise } of draft.needs ?? []) {
    if (aspectOf(await read(asked), aspect) === null) return notApplicable(otherwise);
  }
  const wanted = draft.changes((each) => known.get(JSON.stringify(each)) ?? {});
  if (isRefusal(wanted)) return wanted;
  const states = await statesOf(
    wanted.map((change) => change.read),
    read,
  );
  const changes = wanted
    .map((change) => {
      const state = states.get(JSON.stringify(change.read)) ?? {};
      return { ...change, from: partOf(state, Object.keys(change.to)) };
    })
    .filter(({ from, to }) => !shows(from, to));
  const arn = draft.arnFrom === undefined ? null : aspectOf(await read(draft.arnFrom), 'arn');
  const target = typeof arn === 'string' ? { ...draft.target, arn } : draft.target;
  if (changes.length === 0) {
    return { refused: 'done-already', reason: `${target.type} ${target.name} is already in the wanted state` };
  }
  // Written by remediations, not by authors; what is not on the closed list of calls is a fault of ours, and throws.
  return planSchema.parse({ remediation: name, target, changes, doesNotStop });
};

/** The changes that a draft wants whatever the account shows; `undefined` where they follow from what it shows. */
export const foreseen = ({ changes }: Draft): readonly WantedChange[] | undefined => {
  let isAsked = false;
  const wanted = changes(() => {
    isAsked = true;
    return {};
  });
  return isAsked || isRefusal(wanted) ? undefined : wanted;
};

const statesOf = async (reads: readonly AwsRead[], read: ReadState): Promise<ReadonlyMap<string, State>> =>
  new Map(
    await Promise.all(
      reads.map(async (each) => [JSON.stringify(each), await read(awsReadSchema.parse(each))] as const),
    ),
  );
