import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import type { Ask } from '../../engine/doctor/ask.ts';
import { lookAtMember } from '../../engine/doctor/look-at-member.ts';
import {
  missedSignInRegions,
  organizationParametersSchema,
  watchedMembersOf,
} from '../../engine/doctor/organization-parameters.ts';
import { compilePatterns } from '../../engine/pattern.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { commandsOf } from '../../infra/organization/commands.ts';
import { renderMember } from '../../infra/organization/member.ts';
import { renderSubscriptions } from '../../infra/subscriptions.ts';

const example = JSON.parse(readFileSync('infra/organization/parameters.json', 'utf8'));
const parameters = organizationParametersSchema.parse(example);
const problemsOf = (change: object): readonly string[] =>
  organizationParametersSchema.safeParse({ ...example, ...change }).error?.issues.map(({ message }) => message) ?? [];

const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
const patterns = compilePatterns(ruleSet.rules, ruleSet);

type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as many as its resources
  readonly Properties: any;
};
const resourcesOf = (template: { readonly Resources: object }) =>
  Object.entries(template.Resources) as [string, Resource][];
const rulesOf = (template: { readonly Resources: object }) =>
  resourcesOf(template).filter(([, { Type }]) => Type === 'AWS::Events::Rule');

describe('the file of parameters', () => {
  test('that comes with Trailwire has the regions of global services and of sign-ins', () => {
    expect(parameters.regions).toContain('us-east-1');
    expect(missedSignInRegions(parameters)).toEqual([]);
    expect(missedSignInRegions({ ...parameters, regions: ['us-east-1', 'us-east-2'] })).toEqual([
      'eu-north-1',
      'ap-southeast-2',
    ]);
  });

  test('is refused without the region of global services of its partition', () => {
    expect(problemsOf({ regions: ['eu-central-1'] })).toEqual([
      expect.stringContaining('expected "us-east-1" among them'),
    ]);
    expect(problemsOf({ centralRegion: 'us-gov-east-1', regions: ['us-gov-east-1'] })).toEqual([
      expect.stringContaining('expected "us-gov-west-1" among them'),
    ]);
  });

  test('is refused with regions that events cannot go between, and with texts that are no names of AWS', () => {
    expect(problemsOf({ regions: ['us-east-1', 'cn-north-1'] })).toEqual([
      expect.stringContaining('"cn-north-1" is in another partition'),
    ]);
    expect(problemsOf({ regions: ['us-east-1; rm -rf /'] })).toContainEqual(
      expect.stringContaining('expected a region'),
    );
    expect(problemsOf({ watch: { accounts: ['444455556666'], externalId: '$(id)' } })).toEqual([
      expect.stringContaining('expected 2 to 128 letters'),
    ]);
    expect(problemsOf({ templateBucket: '$(id)' })).toEqual([expect.stringContaining('name of a bucket')]);
  });
});

describe('the members that are looked into', () => {
  test('are every account that the file lists, in every region, but the place of the central stack', () => {
    const watch = { accounts: ['444455556666', parameters.centralAccount], externalId: 'ours' };
    const regions = ['us-east-1', 'eu-west-1'];
    const { sites, ...rest } = watchedMembersOf({ ...parameters, watch, regions });
    expect(rest).toEqual({ organizationId: 'o-exampleorg1', externalId: 'ours' });
    expect(sites.map(({ account, region }) => `${account} ${region}`)).toEqual([
      '444455556666 us-east-1',
      '444455556666 eu-west-1',
      '111122223333 eu-west-1',
    ]);
  });

  test('are none where the file lists none', () => {
    expect(watchedMembersOf({ ...parameters, watch: undefined }).sites).toEqual([]);
    expect(
      commandsOf({ ...parameters, watch: undefined })
        .flat()
        .join('\n'),
    ).not.toContain('ExternalId');
  });
});

describe('the commands of an organization', () => {
  test('deploy the central stack, and the template to every unit and region', () => {
    const commands = commandsOf(parameters).map(([, command]) => command);
    expect(commands[0]).toContain('--region us-east-1 --param organizationId=o-exampleorg1');
    expect(commands.join('\n')).toContain(
      'ParameterKey=CentralBusArn,ParameterValue=arn:aws:events:us-east-1:111122223333:event-bus/trailwire-events',
    );
    expect(commands.join('\n')).toContain('ParameterKey=ExternalId,ParameterValue=trailwire-look-o-exampleorg1 --cap');
    expect(commands.join('\n')).toContain(`OrganizationalUnitIds=r-exam --regions ${parameters.regions.join(' ')}`);
  });

  test('name the partition of their regions', () => {
    const china = { ...parameters, centralRegion: 'cn-north-1', regions: ['cn-north-1'] };
    const text = commandsOf(china).flat().join('\n');
    expect(text).toContain('arn:aws-cn:events:cn-north-1');
    expect(text).toContain('s3.cn-north-1.amazonaws.com.cn');
    expect(text).not.toContain('arn:aws:');
  });
});

describe('the template for members', () => {
  const member = renderMember(patterns);
  const forwarding = rulesOf(member).filter(([id]) => id.startsWith('Forwarding'));

  test('forwards what the central stack subscribes to, reads included, straight to its bus', () => {
    const central = rulesOf(renderSubscriptions(patterns)).filter(([id]) => id.startsWith('Collect'));
    expect(forwarding.map(([, { Properties }]) => Properties.EventPattern)).toEqual(patterns);
    expect(central.map(([, { Properties }]) => Properties.EventPattern)).toEqual(patterns);
    for (const [, { Properties }] of forwarding) {
      expect(Properties.State).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
      expect(Properties.EventBusName).toBeUndefined();
      expect(Properties.Targets).toEqual([
        expect.objectContaining({
          Arn: { Ref: 'CentralBusArn' },
          RoleArn: { 'Fn::GetAtt': ['ForwardRole', 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['UndeliveredQueue', 'Arn'] } },
        }),
      ]);
    }
  });

  test('has a role that puts events on that bus and does nothing else, for rules of its own', () => {
    const { ForwardRole: role } = member.Resources as unknown as { readonly ForwardRole: Resource };
    const [{ PolicyDocument: policy }] = role.Properties.Policies;
    expect(policy.Statement).toEqual([
      { Sid: 'Forward', Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'CentralBusArn' } },
    ]);
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
      {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    // As the policy of the central bus asks for.
    expect(role.Properties.RoleName['Fn::Sub']).toMatch(/^trailwire-forward-/);
  });

  test('makes nothing in the region of the central stack, where events would come twice', () => {
    const unconditional = resourcesOf(member).filter(([, { Condition }]) => Condition !== 'Forwards');
    expect(unconditional.map(([id, { Condition }]) => [id, Condition])).toEqual([
      ['Nothing', undefined],
      ['LookRole', 'IsLookedInto'],
    ]);
    expect(member.Conditions.IsLookedInto['Fn::And']).toContainEqual({ Condition: 'Forwards' });
  });

  const { LookRole: lookRole } = member.Resources as unknown as { readonly LookRole: Resource };

  test('lets the watch of the central stack look, and nobody else', () => {
    const [trust, ...others] = lookRole.Properties.AssumeRolePolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(trust.Action).toEqual(['sts:AssumeRole', 'sts:SetSourceIdentity']);
    expect(trust.Condition.StringEquals).toEqual({
      'sts:ExternalId': { Ref: 'ExternalId' },
      'sts:SourceIdentity': 'trailwire-watch',
    });
    const [principal, parts] = trust.Condition.ArnEquals['aws:PrincipalArn']['Fn::Sub'];
    expect(principal).toMatch(/:iam::\$\{CentralAccount\}:role\/trailwire-watch-\$\{CentralRegion\}$/);
    expect(parts).toEqual({
      CentralRegion: { 'Fn::Select': [3, { 'Fn::Split': [':', { Ref: 'CentralBusArn' }] }] },
      CentralAccount: { 'Fn::Select': [4, { 'Fn::Split': [':', { Ref: 'CentralBusArn' }] }] },
    });
  });

  test('allows exactly the reads that a look into a member makes', async () => {
    const asked = new Set<string>();
    const ask: Ask = async (read) => {
      asked.add(read);
      return {
        trailList: [
          { Name: 'main', TrailARN: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main', HomeRegion: 'us-east-1' },
        ],
        IsLogging: true,
        Rules: [{ Name: 'trailwire-forward-x' }],
        QueueUrls: ['https://sqs.us-east-1.amazonaws.com/111122223333/trailwire-forward-undelivered'],
        Attributes: { ApproximateNumberOfMessages: '0' },
      };
    };
    await lookAtMember(ask, 'us-east-1');
    const [{ PolicyDocument: policy }] = lookRole.Properties.Policies;
    const allowed = policy.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
    expect(allowed.toSorted()).toEqual([...asked].toSorted());
    for (const action of allowed) expect(action).toMatch(/:(?:Describe|Get|List)/);
  });

  test('names no partition, account or region', () => {
    expect(JSON.stringify(member)).not.toMatch(/arn:aws:|us-east-1|\d{12}:/);
  });
});
