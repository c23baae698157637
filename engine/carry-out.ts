import { type AwsCall, type AwsRead, awsCallSchema } from './aws-call.ts';
import { messageOf } from './errors.ts';
import type { Step } from './ocsf.ts';
import type { Plan } from './plan.ts';
import type { ReadState } from './planning.ts';
import { type State, shows } from './state.ts';

/** The account that calls act on. */
export type AccountPorts = {
  /** Answers a read; `{}` for what does not exist. */
  readonly read: ReadState;
  /** Makes one call, or throws. */
  readonly execute: (call: AwsCall) => Promise<void>;
};

/** A change in one direction: where to see it, what is wanted, the call, and the only state that the call may replace. */
type Move = { readonly read: AwsRead; readonly to: State; readonly call: AwsCall; readonly only: State | undefined };

/** What was done, and what of it is not there. */
export type Carried = {
  readonly steps: readonly Step[];
  /** Calls that the account does not show the effect of. */
  readonly left: readonly AwsCall[];
  /** Whether any call was made. */
  readonly acted: boolean;
  /** Whether a call of `left` failed, so that waiting alone will not help. */
  readonly failed: boolean;
};

/** The moves that put a plan in force. */
export const movesOf = ({ changes }: Plan): readonly Move[] =>
  changes.map(({ read, from, to, call, exactly }) => ({ read, to, call, only: exactly === true ? from : undefined }));

/** The moves that take a plan back, last change first. */
export const undoMovesOf = ({ changes }: Plan): readonly Move[] =>
  changes
    .flatMap(({ read, from, undo }) => ('cannot' in undo ? [] : [{ read, to: from, call: undo, only: undefined }]))
    .toReversed();

/**
 * Makes each call whose effect is not there yet, and reads all of them back. A call that fails does not stop the others:
 * each contains something by itself. What counts is what the account shows: a call may take effect and its answer get lost.
 */
export const carryOut = async (moves: readonly Move[], account: AccountPorts): Promise<Carried> => {
  const made: Step[] = [];
  for (const move of moves) made.push(...(await make(move, account)));
  const seen = await lookAt(moves, account);
  const left = moves.filter((_, index) => seen[index]?.outcome !== 'holds').map(({ call }) => call);
  const failures = made.filter(({ outcome }) => outcome === 'failed').map(({ action }) => action);
  return {
    steps: [...made, ...seen],
    left,
    acted: made.some(({ outcome }) => outcome === 'done'),
    failed: left.some(({ action }) => failures.includes(action)),
  };
};

/** Reads each move's effect, in their order. */
export const lookAt = (moves: readonly Move[], account: Pick<AccountPorts, 'read'>): Promise<Step[]> =>
  Promise.all(
    moves.map(async ({ read, to }): Promise<Step> => {
      try {
        const outcome = shows(await account.read(read), to) ? 'holds' : 'does-not-hold';
        return { action: read.action, outcome };
      } catch (error) {
        return { action: read.action, outcome: 'failed', error: messageOf(error) };
      }
    }),
  );

const make = async ({ read, to, call, only }: Move, account: AccountPorts): Promise<Step[]> => {
  const { action } = call;
  try {
    const present = await presentOf(read, only, account);
    if (present !== undefined && shows(present, to)) return [];
    if (only !== undefined && present !== undefined && !shows(present, only)) {
      return [{ action, outcome: 'failed', error: 'somebody changed it meanwhile; it is not overwritten' }];
    }
    await account.execute(awsCallSchema.parse(call));
    return [{ action, outcome: 'done' }];
  } catch (error) {
    return [{ action, outcome: 'failed', error: messageOf(error) }];
  }
};

/** What cannot be read does not keep a call from being made, unless that must not replace anything but one state. */
const presentOf = async (read: AwsRead, only: State | undefined, account: AccountPorts): Promise<State | undefined> => {
  try {
    return await account.read(read);
  } catch (error) {
    if (only !== undefined) throw error;
    return undefined;
  }
};

/** Why it did not work, in the words of AWS, and the calls that are left to do by hand; one line. */
export const leftToDo = (steps: readonly Step[], left: readonly AwsCall[]): string =>
  [
    ...steps.flatMap(({ action, error }) => (error === undefined ? [] : [`${action} ${error}`])),
    ...left.map(({ action, parameters }) => `left to do: ${action} ${JSON.stringify(parameters)}`),
  ].join('; ');
