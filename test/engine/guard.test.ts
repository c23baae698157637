import { describe, expect, it } from 'vitest';
import { callerOf, type GuardCase, type GuardSettings, guard } from '../../engine/guard.ts';
import { isRefusal, type Target } from '../../engine/plan.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { account, exampleRecord, identities, otherAccount } from '../example-records.ts';

const settings: GuardSettings = {
  mode: 'execute',
  account,
  ownRoles: [`arn:aws:iam::${account}:role/trailwire-remediate`],
  protectedPrincipals: [`arn:aws:iam::${account}:user/break-glass`, `arn:aws:iam::${account}:role/deploy/*`],
  protectedResources: [],
  protectedTags: [],
};

const caseOf = (name: RemediationName, userIdentity: object, more: Partial<GuardCase> = {}): GuardCase => {
  const record = exampleRecord({ userIdentity });
  const draft = remediations[name].draft({ record, findingId: '0123456789abcdef', now: 0, knownAccounts: [] });
  if (isRefusal(draft)) throw new TypeError(draft.reason);
  return { target: draft.target, caller: callerOf(record), ruleStatus: 'stable', ...more };
};
const user = (more: Partial<GuardCase> = {}) => caseOf('deactivate-access-key', identities.userWithKey, more);
const userNamed = (userName: string, more: object = {}) =>
  caseOf('quarantine-user', {
    ...identities.userWithKey,
    userName,
    arn: `arn:aws:iam::${account}:user/${userName}`,
    ...more,
  });
const roleAt = (path: string) => {
  const { sessionIssuer } = identities.role.sessionContext;
  const arn = `arn:aws:iam::${account}:role/${path}`;
  const issuer = { ...sessionIssuer, arn, userName: path.replace(/^.*\//, '') };
  return { ...identities.role, sessionContext: { sessionIssuer: issuer } };
};
const role = (path: string) => caseOf('revoke-role-sessions', roleAt(path));

describe('the guard', () => {
  it('lets a plan run against which nothing speaks', () => {
    expect(guard(user(), settings)).toBeUndefined();
    expect(guard(role('Admin'), settings)).toBeUndefined();
    expect(guard(user(), { ...settings, mode: 'plan' })).toBeUndefined();
  });

  it('refuses everything when responses are switched off', () => {
    expect(guard(user(), { ...settings, mode: 'off' })).toEqual({
      refused: 'mode-off',
      reason: 'responses are switched off',
    });
  });

  it.each(['test', 'experimental'] as const)('refuses for a rule of status %s', (ruleStatus) => {
    expect(guard(user({ ruleStatus }), settings)).toEqual({
      refused: 'rule-status',
      reason: `the rule is "${ruleStatus}"; only "stable" rules respond`,
    });
  });

  it('refuses when a service made the call for the principal: that says nothing of who holds its key', () => {
    expect(guard(userNamed('ann', { invokedBy: 'cloudformation.amazonaws.com' }), settings)).toEqual({
      refused: 'service-made',
      reason: 'the call was made by an AWS service (cloudformation.amazonaws.com)',
    });
    const bySelf = user({ caller: callerOf(exampleRecord({ userIdentity: { type: 'AWSService' } })) });
    expect(guard(bySelf, settings)).toMatchObject({ refused: 'service-made' });
  });

  it('refuses on what Trailwire itself did, and on its own roles', () => {
    expect(guard(role('trailwire-remediate'), settings)).toEqual({
      refused: 'own-role',
      reason: `arn:aws:iam::${account}:role/trailwire-remediate is a role of Trailwire`,
    });
    const caller = callerOf(exampleRecord({ userIdentity: roleAt('trailwire-remediate') }));
    expect(guard(user({ caller }), settings)).toMatchObject({ refused: 'own-role' });
  });

  it('knows its roles in other regions, where other stacks of it act', () => {
    const own = { ...settings, ownRoles: [`arn:aws:iam::${account}:role/trailwire-remediate-us-east-1`] };
    for (const region of ['eu-west-1', 'ap-southeast-2', 'us-gov-west-1']) {
      expect(guard(role(`trailwire-remediate-${region}`), own)).toMatchObject({ refused: 'own-role' });
    }
    for (const other of ['trailwire-remediate', 'trailwire-remediate-eu', 'trailwire-remediate-eu-west-1-x']) {
      expect(guard(role(other), own)).toBeUndefined();
    }
  });

  it('does not take a role for its own that is only named alike', () => {
    expect(guard(role('trailwire-remediate-2'), settings)).toBeUndefined();
    expect(guard(role('other/trailwire-remediate'), settings)).toBeUndefined();
  });

  it.each<[string, GuardCase, string]>([
    ['a user by name', userNamed('break-glass'), `arn:aws:iam::${account}:user/break-glass is protected`],
    [
      'a role by pattern',
      role('deploy/prod/Deployer'),
      `arn:aws:iam::${account}:role/deploy/prod/Deployer is protected`,
    ],
    [
      'whoever called, whatever is the target',
      user({ caller: callerOf(exampleRecord({ userIdentity: roleAt('deploy/Deployer') })) }),
      `arn:aws:iam::${account}:role/deploy/Deployer is protected (arn:aws:iam::${account}:role/deploy/*)`,
    ],
  ])('refuses to touch %s that is protected', (_, guardCase, reason) => {
    const refusal = guard(guardCase, settings);
    expect(refusal?.refused).toBe('protected-principal');
    expect(refusal?.reason).toContain(reason);
  });

  it('protects what is named, and not what is named alike', () => {
    expect(guard(userNamed('break-glass2'), settings)).toBeUndefined();
    expect(guard(userNamed('not-break-glass'), settings)).toBeUndefined();
    expect(guard(role('deployment/Deployer'), settings)).toBeUndefined();
  });

  it('refuses to touch a resource that is protected, whoever did something to it, and none named alike', () => {
    const protectedResources = [`arn:aws:iam::${account}:user/svc-*`];
    expect(guard(userNamed('svc-billing'), { ...settings, protectedResources })).toEqual({
      refused: 'protected-resource',
      reason: `arn:aws:iam::${account}:user/svc-billing is protected (arn:aws:iam::${account}:user/svc-*)`,
    });
    expect(guard(userNamed('ann'), { ...settings, protectedResources })).toBeUndefined();
  });

  it('may be told to protect everybody', () => {
    expect(guard(user(), { ...settings, protectedPrincipals: ['*'] })).toMatchObject({
      refused: 'protected-principal',
    });
  });

  it('refuses to act in an account that is not its own', () => {
    expect(guard(user(), { ...settings, account: otherAccount })).toEqual({
      refused: 'no-role',
      reason: `the target is in account ${account}, this is ${otherAccount}`,
    });
  });

  it('acts in others when they have a role for it, and never on that role, nor on what it did', () => {
    const entering = { ...settings, account: otherAccount, entersMembers: true };
    expect(guard(user(), entering)).toBeUndefined();
    const memberRole = `arn:aws:iam::${account}:role/trailwire-response`;
    const byRole = { ...user(), caller: { role: memberRole } };
    expect(guard(byRole, entering)).toMatchObject({ refused: 'own-role' });
    expect(guard({ ...user(), caller: { role: `${memberRole}-undo` } }, entering)).toMatchObject({
      refused: 'own-role',
    });
    expect(guard(user({ target: { ...user().target, arn: memberRole } }), entering)).toMatchObject({
      refused: 'own-role',
    });
    // Where it does not enter, an intruder may have named a role so.
    expect(guard(byRole, { ...settings, entersMembers: true })).toBeUndefined();
    expect(guard(byRole, settings)).toBeUndefined();
  });

  it('gives short reasons for what attackers wrote long', () => {
    const long = 'x'.repeat(1_000_000);
    const target: Target = { ...user().target, arn: `arn:aws:iam::${account}:user/${long}` };
    const cases: readonly GuardCase[] = [userNamed('ann', { invokedBy: long }), user({ target })];
    for (const guardCase of cases) {
      const refusal = guard(guardCase, { ...settings, protectedPrincipals: ['arn:aws:iam::*:user/x*'] });
      expect(refusal?.reason.length).toBeLessThan(300);
    }
  });
});
