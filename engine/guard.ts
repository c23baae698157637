import { readText } from './field.ts';
import type { Refusal, Target } from './plan.ts';
import type { CloudTrailRecord } from './record.ts';
import type { Rule } from './rule.ts';
import { oneLine } from './template.ts';
import { wildcardTest } from './wildcard.ts';

/** `off` plans nothing, `plan` says what would be done, `execute` does it. */
export type Mode = 'off' | 'plan' | 'execute';

/** What the owner of the account has settled once. */
export type GuardSettings = {
  readonly mode: Mode;
  /** The account this installation acts in; plans for others are refused. */
  readonly account: string;
  /** ARNs of Trailwire's own roles: acting on them, or on what they did, would be a loop. */
  readonly ownRoles: readonly string[];
  /** ARNs, `*` allowed, that are never touched: break-glass users, the deployment role. */
  readonly protectedPrincipals: readonly string[];
  readonly limitPerHour: number;
};

export type GuardCase = {
  readonly target: Target;
  readonly record: CloudTrailRecord;
  readonly ruleStatus: Rule['status'];
  readonly replayName?: string | undefined;
};

/**
 * May this target be acted on? `undefined` when nothing speaks against it; otherwise the first reason that does. What
 * needs a look at the account (done already) or at the count of the hour (limit) comes after, in `response.ts`.
 */
export const guard = (
  { target, record, ruleStatus, replayName }: GuardCase,
  settings: GuardSettings,
): Refusal | undefined => {
  const refuse = (refused: Refusal['refused'], reason: string): Refusal => ({ refused, reason });
  const callerRole = readText(record, 'userIdentity.sessionContext.sessionIssuer.arn');
  const callerArn = readText(record, 'userIdentity.arn');

  if (settings.mode === 'off') return refuse('mode-off', 'responses are switched off');
  if (ruleStatus !== 'stable') return refuse('rule-status', `the rule is "${ruleStatus}"; only "stable" rules respond`);
  if (replayName !== undefined)
    return refuse('replayed', `the event was replayed from an archive (${oneLine(replayName)})`);
  const service = readText(record, 'userIdentity.invokedBy');
  if (service !== undefined || readText(record, 'userIdentity.type') === 'AWSService') {
    // A service acting for a principal says nothing about who holds the principal's credentials.
    return refuse('service-made', `the call was made by an AWS service (${oneLine(service ?? 'AWSService')})`);
  }
  for (const own of settings.ownRoles) {
    if (own === target.arn || own === callerRole) return refuse('own-role', `${own} is a role of Trailwire`);
  }
  for (const pattern of settings.protectedPrincipals) {
    const isProtected = wildcardTest(pattern);
    const arn = [target.arn, callerArn, callerRole].find((each) => each !== undefined && isProtected(each));
    if (arn !== undefined) return refuse('protected-principal', `${oneLine(arn)} is protected (${pattern})`);
  }
  if (target.account !== settings.account) {
    return refuse('other-account', `the target is in account ${target.account}, this is ${settings.account}`);
  }
  return undefined;
};
