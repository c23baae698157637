import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsActions, awsCallSchema, awsReadSchema } from '../../engine/aws-call.ts';
import { createConditionCompiler } from '../../engine/compile.ts';
import { conditionSchema } from '../../engine/condition.ts';
import { type Check, isRefusal, type Plan, planSchema } from '../../engine/plan.ts';
import type { Remediation } from '../../engine/remediations/remediation.ts';
import { exampleRecord, identities, nested } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';

const situation = (userIdentity: unknown) => ({
  record: exampleRecord({ userIdentity }),
  findingId: '0123456789abcdef0123456789abcdef',
  now: Date.parse('2026-10-14T09:00:00Z'),
});

const everyIdentity: readonly object[] = Object.values(identities).flatMap((identity) => [
  identity,
  { ...identity, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  { ...identity, accessKeyId: '' },
  ...['aws-cn', 'aws-us-gov'].map((partition) =>
    JSON.parse(JSON.stringify(identity).replaceAll('"arn:aws:', `"arn:${partition}:`)),
  ),
]);

const holds = createConditionCompiler({ conditions: new Map(), lists: new Map() });

/** What is expected of every remediation of the registry. */
export const describeRemediation = (name: string, remediation: Remediation): void => {
  const plans: readonly Plan[] = everyIdentity.flatMap((identity) => {
    const plan = remediation.plan(situation(identity));
    return isRefusal(plan) ? [] : [plan];
  });
  const callsOf = (plan: Plan) => [...plan.calls, ...plan.undo];
  const readsOf = (plan: Plan) => [...plan.checks, ...plan.undoChecks].map(({ read }) => read);
  const conditionsOf = (plan: Plan) => [...plan.checks, ...plan.undoChecks].map(({ holds }) => holds);
  const createAccount = () =>
    createLocalAccount({
      users: {
        ann: { AKIAIOSFODNN7EXAMPLE: 'Active', AKIAI44QH8DHBEXAMPLE: 'Active' },
        bob: { AKIAI55QH8DHBEXAMPLE: 'Active' },
      },
      roles: ['Admin', 'Reader'],
    });

  describe(`the remediation ${name}`, () => {
    it('says what it does', () => {
      expect(remediation.says).not.toBe('');
    });

    it('answers some of the identities that CloudTrail writes, and refuses the others with a reason', () => {
      expect(plans.length).toBeGreaterThan(0);
      for (const identity of everyIdentity) {
        const plan = remediation.plan(situation(identity));
        if (isRefusal(plan))
          expect(plan).toEqual({ refused: 'not-applicable', reason: expect.stringMatching(/.{10,}/) });
        else expect(plan).toMatchObject({ remediation: name, doesNotStop: expect.stringMatching(/.{10,}/) });
      }
    });

    it('plans nothing but what the closed list of calls allows', () => {
      for (const plan of plans) {
        expect(planSchema.parse(plan)).toEqual(plan);
        for (const call of callsOf(plan)) expect(awsCallSchema.parse(call)).toEqual(call);
        for (const read of readsOf(plan)) expect(awsReadSchema.parse(read)).toEqual(read);
        for (const condition of conditionsOf(plan)) expect(conditionSchema.parse(condition)).toEqual(condition);
      }
    });

    it('declares the actions it needs: all of them, and none that it does not need', () => {
      const used = plans.flatMap((plan) => [...callsOf(plan), ...readsOf(plan)]).map(({ action }) => action);
      expect(new Set(remediation.actions)).toEqual(new Set(used));
      for (const action of remediation.actions) expect(awsActions).toContain(action);
    });

    it('acts on a principal of the account it names, in its partition', () => {
      for (const { target, calls, undo } of plans) {
        const [, partition, , , account] = target.arn.split(':');
        expect(account).toBe(target.account);
        const arns = JSON.stringify([calls, undo]).match(/arn:[a-z-]+/g) ?? [];
        for (const arn of arns) expect(arn).toBe(`arn:${partition}`);
      }
    });

    it('plans the same for the same situation', () => {
      for (const identity of everyIdentity) {
        expect(remediation.plan(situation(identity))).toEqual(remediation.plan(situation(identity)));
      }
    });

    it('does what its checks see, and its undo leaves the account as it was', async () => {
      for (const plan of plans) {
        const account = createAccount();
        const before = account.state();
        const held = async (checks: readonly Check[]) => {
          const answers = await Promise.all(
            checks.map(async (check) => holds(check.holds)(await account.read(check.read))),
          );
          return answers.every(Boolean);
        };
        expect(await held(plan.checks)).toBe(false);
        for (const call of plan.calls) await account.execute(call);
        expect(account.state()).not.toEqual(before);
        expect(await held(plan.checks)).toBe(true);
        expect(await held(plan.undoChecks)).toBe(false);
        for (const call of plan.undo) await account.execute(call);
        expect(await held(plan.undoChecks)).toBe(true);
        expect(await held(plan.checks)).toBe(false);
        expect(account.state()).toEqual(before);
      }
    });

    it('touches nobody but its target', async () => {
      for (const plan of plans) {
        const account = createAccount();
        const { users, roles } = account.state();
        for (const call of plan.calls) await account.execute(call);
        const after = account.state();
        expect(after.users.bob).toEqual(users.bob);
        expect(after.roles.Reader).toEqual(roles.Reader);
        if (plan.target.type === 'role') expect(after.users).toEqual(users);
        else expect(after.roles).toEqual(roles);
      }
    });

    const hostileValues = [
      ...[undefined, null, '', 5, true, [], {}, ['ann'], { toString: 1 }, nested(200), 'x'.repeat(1_000_000)],
      ...['../admin', 'ann/../bob', 'ann\nbob', 'ann\u202e', '*', 'a'.repeat(65), '__proto__ ', '"', 'ann?', ' ann'],
      ...['arn:aws:iam::444455556666:user/ann', 'arn:aws:iam::111122223333:user/bob', 'arn:aws:iam::1:user/ann'],
      ...['arn:aws-evil.example:iam::111122223333:user/ann', 'arn:aws:iam::111122223333:root', '444455556666'],
      ...['arn:aws:iam::444455556666:role/ops/Admin', 'arn:aws:iam::111122223333:role/Reader'],
      ...['arn:aws:iam::111122223333:role/ann', 'arn:aws:iam::111122223333:user/Admin'],
    ];
    const fields = ['arn', 'userName', 'accountId'];

    it('refuses a caller whose name, ARN and account do not fit together', () => {
      for (const identity of [identities.userWithKey, identities.role, identities.federatedUser]) {
        for (const path of [[], ['sessionContext', 'sessionIssuer']]) {
          for (const field of fields) {
            for (const value of hostileValues) {
              const plan = remediation.plan(situation(replaced(identity, [...path, field], value)));
              if (isRefusal(plan)) {
                expect(plan.refused).toBe('not-applicable');
                expect(plan.reason.length).toBeLessThan(300);
              } else {
                // The field was none that this remediation reads.
                expect(plan).toEqual(remediation.plan(situation(identity)));
              }
            }
          }
        }
      }
    });

    it('plans nothing that is not allowed and throws nothing, whatever the identity looks like', () => {
      const identity = fc.constantFrom(...everyIdentity);
      const place = fc.constantFrom(
        ...['type', 'arn', 'userName', 'accountId', 'accessKeyId', 'sessionContext'].map((field) => [field]),
        ...['type', 'arn', 'userName', 'accountId'].map((field) => ['sessionContext', 'sessionIssuer', field]),
      );
      const value = fc.oneof(
        fc.constantFrom(
          ...hostileValues,
          'IAMUser',
          'Role',
          'Root',
          'ann',
          'AKIAIOSFODNN7EXAMPLE',
          'ASIAIOSFODNN7EXAMPLE',
        ),
        fc.jsonValue(),
      );
      fc.assert(
        fc.property(identity, fc.array(fc.tuple(place, value), { maxLength: 3 }), (original, changes) => {
          const changed = changes.reduce((each, [path, to]) => replaced(each, path, to), original);
          const plan = remediation.plan(situation(changed));
          if (!isRefusal(plan)) expect(planSchema.parse(plan)).toEqual(plan);
        }),
        { numRuns: 1_000 },
      );
    });
  });
};

/** A copy with the value at a path replaced. */
const replaced = (object: object, [key = '', ...rest]: readonly string[], value: unknown): object => {
  const inner: unknown = (object as Record<string, unknown>)[key];
  if (rest.length === 0) return { ...object, [key]: value };
  return { ...object, [key]: replaced(typeof inner === 'object' && inner !== null ? inner : {}, rest, value) };
};
