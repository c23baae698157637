import { describe, expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { type AwsCall, type AwsRead, awsWriteActions } from '../../engine/aws-call.ts';
import { createDetector } from '../../engine/detector.ts';
import { memberRoles } from '../../engine/enter-account.ts';
import { inEveryRegion } from '../../engine/own-role.ts';
import { isRefusal } from '../../engine/plan.ts';
import { type CloudTrailRecord, isJsonObject } from '../../engine/record.ts';
import { remediations } from '../../engine/remediations/index.ts';
import { remediationNameSchema } from '../../engine/remediations/name.ts';
import { respond } from '../../engine/response.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { planOn } from '../contracts/remediation.ts';
import { exampleFinding } from '../example-finding.ts';
import { account, exampleRecord, identities } from '../example-records.ts';
import { createResponseWorld, executing } from '../response-world.ts';
import { remediationCases } from './remediation-cases.ts';

const roleIn = (region: string) => `arn:aws:iam::${account}:role/trailwire-remediate-${region}`;
const ownRoles = [roleIn('us-east-1')];
const names = remediationNameSchema.options;

/** Lambda's names in CloudTrail carry the version of the API. */
const versions: Readonly<Record<string, string>> = {
  'lambda:AddPermission': '20150331v2',
  'lambda:RemovePermission': '20150331v2',
};

/** Parameters as CloudTrail writes them: names begin small, and the lists of EC2 are in `items`. */
const recorded = (value: unknown, isEc2: boolean): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((each) => recorded(each, isEc2));
    return isEc2 ? { items } : items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      recorded(inner, isEc2),
    ]),
  );
};

/** The record that a call of ours leaves in CloudTrail. */
const recordOf = ({ action, parameters }: AwsCall | AwsRead, index: number, role: string): CloudTrailRecord => {
  const [service = '', eventName = ''] = action.split(':');
  return exampleRecord({
    eventID: `own-${index}`,
    eventSource: `${service}.amazonaws.com`,
    eventName: `${eventName}${versions[action] ?? ''}`,
    requestParameters: recorded(parameters, service === 'ec2'),
    responseElements: null,
    userIdentity: {
      ...identities.role,
      arn: role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/').concat('/trailwire-remediate'),
      sessionContext: {
        sessionIssuer: { ...identities.role.sessionContext.sessionIssuer, arn: role, userName: role.split('/').at(-1) },
      },
    },
  });
};

const plans = await Promise.all(
  names.flatMap((name) =>
    remediationCases[name].map(async ({ record, states }) => {
      const plan = await planOn(name, record, states);
      if (isRefusal(plan)) throw new TypeError(`${name}: ${plan.reason}`);
      return plan;
    }),
  ),
);
const changes = plans.flatMap((plan) => plan.changes);
/** Every call that a response makes on the records it is for, and every call that takes it back. */
const calls = changes.flatMap(({ call, undo }): readonly AwsCall[] => ('cannot' in undo ? [call] : [call, undo]));
/** What is read before it acts, and later to see whether it holds. */
const reads: readonly AwsRead[] = changes.map(({ read }) => read);

/** An account where everything is as no plan wants it; a response to what we did ourselves reads nothing of it. */
const startAccount = () => {
  const reached: string[] = [];
  const reach = async ({ action }: { readonly action: string }) => {
    reached.push(action);
    return {};
  };
  const account = { read: reach, execute: async (call: AwsCall) => void (await reach(call)) };
  return { reached, ports: createResponseWorld(account, () => Date.parse('2026-10-14T09:00:00Z')).ports };
};
const settings = { ...executing, ownRoles, limitPerHour: 1_000, limitPerAccount: 1_000 };

describe('what our own calls leave in CloudTrail', () => {
  it('is something for each call there is', () => {
    expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual([...awsWriteActions].sort());
  });

  it.each(['us-east-1', 'eu-west-1'])(
    'leads no shipped rule to a response, made by the stack in %s',
    async (region) => {
      const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
      const detector = createDetector({ ...ruleSet, lists: new Map([...ruleSet.lists, ['own-roles', ownRoles]]) });
      const { reached, ports } = startAccount();
      const outcomes = new Set<string>();
      for (const [index, each] of [...calls, ...reads].entries()) {
        const { findings, failures } = await detector.detect({ record: recordOf(each, index, roleIn(region)) }, 0);
        expect(failures).toEqual([]);
        for (const finding of findings) {
          for (const { unmapped } of await respond(finding, settings, ports)) outcomes.add(unmapped.trailwire.outcome);
        }
      }
      expect([...outcomes].filter((outcome) => outcome !== 'refused')).toEqual([]);
      expect(reached).toEqual([]);
    },
  );

  const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
  const byHand = ruleSet.rules.filter((rule) => JSON.stringify(rule).includes('"made-by-trailwire"'));
  const member = '444455556666';
  const lists = new Map([
    ...ruleSet.lists,
    [
      'own-roles',
      [...ownRoles.map(inEveryRegion), ...Object.values(memberRoles).map((name) => `arn:aws:iam::*:role/${name}`)],
    ] as const,
  ]);
  const detector = createDetector({ ...ruleSet, rules: byHand, lists });
  const findingsBy = async (role: string) =>
    (
      await Promise.all(calls.map((call, index) => detector.detect({ record: recordOf(call, index, role) }, 0)))
    ).flatMap(({ findings }) => findings);

  it.each<readonly [string, string]>([
    ['the stack in another region', roleIn('ap-southeast-2')],
    ...Object.values(memberRoles).map(
      (name) => [`${name} of a member`, `arn:aws:iam::${member}:role/${name}`] as const,
    ),
  ])('is not taken for done by hand when made by %s', async (_, role) => {
    expect(byHand.length).toBeGreaterThanOrEqual(7);
    expect(await findingsBy(role)).toEqual([]);
  });

  it.each([
    ['by a role of a path like one of ours', `arn:aws:iam::${account}:role/trailwire-remediate-x/mallory`],
    ['by a role of our name below a path', `arn:aws:iam::${account}:role/mallory/trailwire-remediate-us-east-1`],
    ['in another account by a role of our name', `arn:aws:iam::${member}:role/trailwire-remediate-us-east-1`],
    ['in a member by a role that ends like ours', `arn:aws:iam::${member}:role/x-trailwire-response`],
  ])('is told of when made %s', async (_, role) => {
    expect((await findingsBy(role)).length).toBeGreaterThan(0);
  });

  describe.each(calls.map((call, index) => ({ action: call.action, call, index })))('$action', ({ call, index }) => {
    /** A rule that would have everything done about it, without asking. */
    const findingBy = (role: string) =>
      exampleFinding(
        { respond: { remediate: names.map((run) => ({ run, mode: 'auto' })) } },
        recordOf(call, index, role),
      );

    it.each(['us-east-1', 'eu-west-1'])(
      'is answered by none of all responses, made by the stack in %s',
      async (region) => {
        const { reached, ports } = startAccount();
        const activities = await respond(findingBy(roleIn(region)), settings, ports);
        expect(activities).toHaveLength(names.length);
        const refusals = new Set(activities.map(({ unmapped }) => unmapped.trailwire.refused));
        expect([...refusals].filter((code) => code !== 'own-role' && code !== 'not-applicable')).toEqual([]);
        expect(refusals).toContain('own-role');
        expect(reached).toEqual([]);
      },
    );

    it('would be answered if somebody else had made it', async () => {
      const { reached, ports } = startAccount();
      await respond(findingBy(`arn:aws:iam::${account}:role/trailwire-remediate-2`), settings, ports);
      expect(reached.length).toBeGreaterThan(0);
    });
  });
});

it('has a remediation for each name, or the loop would not be closed', () => {
  expect(Object.keys(remediations).sort()).toEqual([...names].sort());
});
