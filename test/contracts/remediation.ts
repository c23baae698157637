import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AwsRead, awsActions } from '../../engine/aws-call.ts';
import { isRefusal, type Plan, planSchema, type Refusal } from '../../engine/plan.ts';
import { foreseen, planFrom } from '../../engine/planning.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { isJsonObject } from '../../engine/record.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { type State, shows } from '../../engine/state.ts';
import { account, nested, otherAccount } from '../example-records.ts';

/** A record that a remediation answers, and what the account then says to each read, by its action. */
export type RemediationCase = {
  readonly record: CloudTrailRecord;
  readonly states: Readonly<Record<string, State>>;
};

const findingId = '0123456789abcdef0123456789abcdef';
const now = Date.parse('2026-10-14T09:00:00Z');

/** The plan of a remediation for a record, on an account that answers each action with one state. */
export const planOn = async (
  name: RemediationName,
  record: CloudTrailRecord,
  states: RemediationCase['states'],
  knownAccounts: readonly string[] = [],
): Promise<Plan | Refusal> => {
  const draft = remediations[name].draft({ record, findingId, now, knownAccounts });
  if (isRefusal(draft)) return draft;
  const read = async ({ action }: AwsRead): Promise<State> => states[action] ?? {};
  return planFrom(name, remediations[name], draft, read);
};

const hostileValues: readonly unknown[] = [
  ...[undefined, null, '', 5, true, [], {}, ['ann'], { toString: 1 }, nested(200), 'x'.repeat(100_000)],
  ...['../admin', 'ann/../bob', 'ann\nbob', 'ann\u202e', '*', 'a'.repeat(65), '__proto__', '"', 'ann?', ' ann'],
  ...[`arn:aws:iam::${otherAccount}:user/ann`, `arn:aws:iam::${account}:user/bob`, 'arn:aws:iam::1:user/ann'],
  ...[`arn:aws-evil.example:iam::${account}:user/ann`, `arn:aws:iam::${account}:root`, otherAccount],
  ...[`arn:aws:iam::${otherAccount}:role/ops/Admin`, `arn:aws:iam::${account}:role/Reader`],
  ...[`arn:aws:kms:eu-west-1:${otherAccount}:key/1234abcd-12ab-34cd-56ef-1234567890ab`, 'IAMUser', 'Role', 'Root'],
  ...['AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE', '{"Statement":[]}', '{"Statement":{"Effect":"Allow"}}'],
];

/** What is expected of every remediation of the registry, on the records it is made for. */
export const describeRemediation = (name: RemediationName, cases: readonly RemediationCase[]): void => {
  const remediation = remediations[name];
  const plansOf = (each: readonly RemediationCase[]): Promise<readonly Plan[]> =>
    Promise.all(
      each.map(async ({ record, states }) => {
        const plan = await planOn(name, record, states);
        if (isRefusal(plan)) throw new TypeError(`${name}: ${plan.reason}`);
        return plan;
      }),
    );

  describe(`the remediation ${name}`, () => {
    it('says what it does and what it does not stop', () => {
      expect(remediation.says).toMatch(/^[A-Z].{10,}[^.]$/);
      expect(remediation.doesNotStop).toMatch(/^.{20,}\.$/);
    });

    it('has cases, each of which it answers with a plan for something in the account of the record', async () => {
      expect(cases.length).toBeGreaterThan(0);
      for (const plan of await plansOf(cases)) {
        expect(plan).toMatchObject({ remediation: name, doesNotStop: remediation.doesNotStop });
        expect(plan.target.account).toBe(account);
        const [, , service, , owner] = plan.target.arn.split(':');
        // Buckets, snapshots and images have no account in their ARNs.
        if (owner === '') expect(['s3', 'ec2']).toContain(service);
        else expect(owner).toBe(account);
      }
    });

    it('declares the actions it needs: all of them, and none that it does not need', async () => {
      const plans = await plansOf(cases);
      const drafts = cases.map(({ record }) => remediation.draft({ record, findingId, now, knownAccounts: [] }));
      const changes = plans.flatMap((plan) => plan.changes);
      const used = {
        reads: [
          ...drafts.flatMap((draft) => (isRefusal(draft) ? [] : [...draft.reads, draft.arnFrom ?? []].flat())),
          ...changes.map(({ read }) => read),
        ],
        calls: changes.map(({ call }) => call),
        undoCalls: changes.flatMap(({ undo }) => ('cannot' in undo ? [] : [undo])),
      };
      for (const [kind, declared] of Object.entries(remediation.actions)) {
        const actions = used[kind as keyof typeof used].map(({ action }) => action);
        expect([...declared].toSorted(), kind).toEqual([...new Set(actions)].toSorted());
        for (const action of declared) expect(awsActions).toContain(action);
      }
    });

    it('keeps to the partition of the record', async () => {
      for (const [partition, region] of [
        ['aws-cn', 'cn-north-1'],
        ['aws-us-gov', 'us-gov-west-1'],
      ]) {
        const moved = cases
          .map(({ record, states }) => ({ record, states }))
          .map((each) =>
            JSON.parse(
              JSON.stringify(each)
                .replaceAll('arn:aws:', `arn:${partition}:`)
                .replaceAll('eu-west-1', `${region}`)
                .replaceAll('us-east-1', `${region}`),
            ),
          );
        for (const plan of await plansOf(moved)) {
          for (const arn of JSON.stringify(plan).match(/\barn:[a-z-]+/g) ?? []) expect(arn).toBe(`arn:${partition}`);
        }
      }
    });

    it('plans the same for the same situation', async () => {
      expect(await plansOf(cases)).toEqual(await plansOf(cases));
    });

    it('says without the account nothing else than with it: the same calls, or none', async () => {
      for (const [index, plan] of (await plansOf(cases)).entries()) {
        const { record } = cases[index] as RemediationCase;
        const draft = remediation.draft({ record, findingId, now, knownAccounts: [] });
        const told = isRefusal(draft) ? undefined : foreseen(draft);
        if (told === undefined) continue;
        const planned = plan.changes.map(({ from: _, ...change }) => change);
        expect(told).toEqual(expect.arrayContaining(planned));
      }
    });

    it('keeps what was there, and wants something else', async () => {
      for (const [index, { changes }] of (await plansOf(cases)).entries()) {
        for (const { read, from, to } of changes) {
          expect(shows(cases[index]?.states[read.action] ?? {}, from)).toBe(true);
          expect(shows(from, to)).toBe(false);
          expect(Object.keys(from)).toEqual(Object.keys(to));
        }
      }
    });

    it('plans nothing where everything is as it wants it', async () => {
      for (const [index, { changes }] of (await plansOf(cases)).entries()) {
        const { record, states } = cases[index] as RemediationCase;
        const after: Record<string, State> = { ...states };
        for (const { read, to } of changes) after[read.action] = { ...after[read.action], ...to };
        expect(await planOn(name, record, after)).toMatchObject({
          refused: expect.stringMatching(/^(?:done-already|not-applicable)$/),
          reason: expect.stringMatching(/.{10,}/),
        });
      }
    });

    it('plans nothing that is not allowed, outside the account or unending, whatever the record looks like', async () => {
      const examples = fc.constantFrom(...cases.map((each) => ({ each, paths: pathsOf(each.record) })));
      const changed = examples.chain(({ each, paths }) =>
        fc.record({
          states: fc.constant(each.states),
          record: fc
            .array(fc.tuple(fc.constantFrom(...paths), fc.oneof(fc.constantFrom(...hostileValues), fc.jsonValue())), {
              minLength: 1,
              maxLength: 3,
            })
            .map((changes) =>
              changes.reduce<object>((record, [path, value]) => replaced(record, path, value), each.record),
            ),
        }),
      );
      await fc.assert(
        fc.asyncProperty(changed, async ({ record, states }) => {
          const plan = await planOn(name, record as CloudTrailRecord, states);
          if (isRefusal(plan)) expect(plan.reason.length).toBeLessThan(400);
          else expect(planSchema.parse(plan)).toEqual(plan);
        }),
        { numRuns: 300 },
      );
    });
  });
};

/** The paths of all values in a record, objects and lists included. */
const pathsOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] => {
  const inner = Array.isArray(value) || isJsonObject(value) ? Object.entries(value) : [];
  return [...(path.length === 0 ? [] : [path]), ...inner.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
};

/** A copy with the value at a path replaced. */
const replaced = (object: object, [key = '', ...rest]: readonly string[], value: unknown): object => {
  const inner: unknown = (object as Record<string, unknown>)[key];
  const next =
    rest.length === 0 ? value : replaced(typeof inner === 'object' && inner !== null ? inner : {}, rest, value);
  if (!Array.isArray(object)) return { ...object, [key]: next };
  return object.map((item, index) => (String(index) === key ? next : item));
};
