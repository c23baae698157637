import type { Report } from './activity.ts';
import { admit, type Candidate, type Limits } from './admission.ts';
import { type ApprovalStore, digestOf, requestOf } from './approval.ts';
import { type AskSettings, expiryOf } from './ask.ts';
import type { Step } from './ocsf.ts';
import { labelOf, type Plan, type Refusal } from './plan.ts';
import type { Ask, Cause, ResponseStore, StoredResponse } from './stored-response.ts';
import type { WindowStore } from './window-store.ts';

type Ports = {
  readonly now: () => number;
  readonly store: WindowStore;
  readonly responses: ResponseStore;
};

/** Why a person is asked, each reason there is; none where the plan runs by itself. */
type Planned = { readonly plan: Plan; readonly cause: Cause; readonly reasons: readonly string[] };

/** Admits a plan and stores it, before anything is called or asked. */
export const beginResponse = async (
  candidate: Candidate,
  { plan, cause, reasons }: Planned,
  settings: Limits & AskSettings,
  ports: Ports,
): Promise<StoredResponse | Refusal> => {
  const bound = await admit(candidate, settings, ports);
  if (bound !== undefined) return bound;
  const { commandUid, caller } = candidate;
  const expiresAt = expiryOf(settings, ports.now());
  const ask: Ask = { digest: digestOf(plan), reasons: [...reasons], expiresAt, caller };
  const response = { plan, cause, undone: false, carriedOut: false, ...(reasons.length === 0 ? {} : { ask }) };
  const isFirst = await ports.responses.save(commandUid, response);
  // Another delivery of the same finding came first: what it planned is what can be taken back.
  return isFirst ? response : ((await ports.responses.load(commandUid)) ?? response);
};

/** Asks a person about a stored plan. Repeats ask nothing new, and make up for what a run that died left out. */
export const askPerson = async (
  commandUid: string,
  { plan, cause }: StoredResponse,
  ask: Ask,
  ports: {
    readonly now: () => number;
    readonly approvals: Pick<ApprovalStore, 'ask'>;
    readonly settleLater: (commandUid: string, waitMs: number) => Promise<void>;
  },
): Promise<Pick<Report, 'outcome' | 'message' | 'detail' | 'request' | 'steps'>> => {
  const request = requestOf(plan, cause, ask);
  await ports.approvals.ask(commandUid, request);
  await ports.settleLater(commandUid, ask.expiresAt - ports.now());
  const message = `${plan.remediation} would act on ${labelOf(plan.target)} and waits for a person to approve it`;
  return { outcome: 'waiting', message, detail: ask.reasons.join('; '), request, steps: notRun(plan) };
};

/** The calls of a plan that nobody made. */
export const notRun = ({ changes }: Plan): readonly Step[] =>
  changes.map(({ call }) => ({ action: call.action, outcome: 'not-run' }));
