import * as z from 'zod/mini';
import { memberRoles } from './enter-account.ts';
import { readText } from './field.ts';
import { isSameRole } from './own-role.ts';
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
  /** The account this installation runs in. */
  readonly account: string;
  /** It acts in accounts that have a role for it, too; without this, plans for others are refused. */
  readonly entersMembers?: boolean | undefined;
  /** ARNs of Trailwire's own roles: acting on them, or on what they did, would be a loop. */
  readonly ownRoles: readonly string[];
  /** ARNs, `*` allowed, that are never touched, nor what they did: break-glass users, the deployment role. */
  readonly protectedPrincipals: readonly string[];
  /** ARNs, `*` allowed, of what is never touched, whoever did something to it. */
  readonly protectedResources: readonly string[];
  /** Tags of what is never touched, as `protected-tags.ts` reads them. */
  readonly protectedTags: readonly string[];
};

/** Who made a call, as far as guards ask: kept with a plan that waits, for the guards are asked again before it runs. */
export const callerSchema = z.strictObject({
  arn: z.optional(z.string()),
  role: z.optional(z.string()),
  /** The AWS service that made the call, for itself or for the principal. */
  service: z.optional(z.string()),
});
export type Caller = z.infer<typeof callerSchema>;

export const callerOf = (record: CloudTrailRecord): Caller => ({
  arn: readText(record, 'userIdentity.arn'),
  role: readText(record, 'userIdentity.sessionContext.sessionIssuer.arn'),
  service:
    readText(record, 'userIdentity.invokedBy') ??
    (readText(record, 'userIdentity.type') === 'AWSService' ? 'AWSService' : undefined),
});

export type GuardCase = {
  readonly target: Target;
  readonly caller: Caller;
  readonly ruleStatus: Rule['status'];
};

/**
 * Whether an ARN is that of a role by which Trailwire enters a member account. In an account that it does not enter anybody
 * can name a role alike, so that the name must not shield what was done there.
 */
const isMemberRole = (arn: string, { account, entersMembers }: GuardSettings): boolean => {
  const owner = memberRoleArn.exec(arn)?.[1];
  return entersMembers === true && owner !== undefined && owner !== account;
};
const memberRoleArn = new RegExp(`^arn:[a-z-]+:iam::(\\d{12}):role/(?:${Object.values(memberRoles).join('|')})$`);

/**
 * May this target be acted on? `undefined` when nothing speaks against it; otherwise the first reason that does. What
 * needs a look at the account (done already, tags) or at what else is done (limits) comes after, in `response.ts`; what a
 * person can approve in spite of it is in `ask.ts`.
 */
export const guard = ({ target, caller, ruleStatus }: GuardCase, settings: GuardSettings): Refusal | undefined => {
  const refuse = (refused: Refusal['refused'], reason: string): Refusal => ({ refused, reason });

  if (settings.mode === 'off') return refuse('mode-off', 'responses are switched off');
  if (ruleStatus !== 'stable') return refuse('rule-status', `the rule is "${ruleStatus}"; only "stable" rules respond`);
  if (caller.service !== undefined) {
    // A service acting for a principal says nothing about who holds the principal's credentials.
    return refuse('service-made', `the call was made by an AWS service (${oneLine(caller.service)})`);
  }
  const entering = [target.arn, caller.role].find((arn) => arn !== undefined && isMemberRole(arn, settings));
  if (entering !== undefined) return refuse('own-role', `${entering} is a role of Trailwire`);
  for (const own of settings.ownRoles) {
    const arn = [target.arn, caller.role].find((each) => each !== undefined && isSameRole(own, each));
    if (arn !== undefined) return refuse('own-role', `${arn} is a role of Trailwire`);
  }
  for (const pattern of settings.protectedPrincipals) {
    const isProtected = wildcardTest(pattern);
    const arn = [target.arn, caller.arn, caller.role].find((each) => each !== undefined && isProtected(each));
    if (arn !== undefined) return refuse('protected-principal', `${oneLine(arn)} is protected (${pattern})`);
  }
  const pattern = settings.protectedResources.find((each) => wildcardTest(each)(target.arn));
  if (pattern !== undefined) {
    return refuse('protected-resource', `${oneLine(target.arn)} is protected (${pattern})`);
  }
  if (target.account !== settings.account && settings.entersMembers !== true) {
    return refuse('no-role', `the target is in account ${target.account}, this is ${settings.account}`);
  }
  return undefined;
};
