import { describe, expect, it } from 'vitest';
import type { Ask, DoctorRead } from '../../../engine/doctor/ask.ts';
import { type EnterSite, examineMembers } from '../../../engine/doctor/examine-members.ts';
import { expected, subscriptions } from './healthy.ts';

const at = Date.parse('2026-10-14T10:00:00Z');
const [one, other, third] = ['444455556666', '777788889999', '999900001111'] as const;
const trailArn = `arn:aws:cloudtrail:us-east-1:${one}:trail/main`;

type Answers = Partial<Record<DoctorRead, object>>;

/** A member that is as it should be. */
const sound: Answers = {
  'cloudtrail:DescribeTrails': { trailList: [{ Name: 'main', TrailARN: trailArn, HomeRegion: 'us-east-1' }] },
  'cloudtrail:GetTrailStatus': { IsLogging: true },
  'cloudtrail:GetEventSelectors': {
    EventSelectors: [
      {
        ReadWriteType: 'All',
        IncludeManagementEvents: true,
        DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }],
      },
    ],
  },
  'events:ListRules': {
    Rules: subscriptions('forward').map(({ name, state, pattern }) => ({
      Name: name,
      State: state,
      EventPattern: pattern,
    })),
  },
  'events:ListTargetsByRule': {
    Targets: [
      {
        Arn: 'arn:aws:events:us-east-1:111122223333:event-bus/trailwire-events',
        DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:${one}:trailwire-forward-undelivered` },
      },
    ],
  },
  'sqs:ListQueues': { QueueUrls: [`https://sqs.us-east-1.amazonaws.com/${one}/trailwire-forward-undelivered`] },
  'sqs:GetQueueAttributes': { Attributes: { ApproximateNumberOfMessages: '0' } },
};

const answering =
  (answers: Answers): Ask =>
  async (read) => {
    const answer = answers[read];
    if (answer === undefined) throw new Error(`${read} is not for who looks into a member`);
    return answer;
  };

/** Members by their account; one that is not there lets nobody in. */
const entering =
  (members: Readonly<Record<string, Answers>>): EnterSite =>
  async ({ account }, look) => {
    const answers = members[account];
    if (answers === undefined) throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    return look(answering(answers));
  };

const site = (account: string, region = 'us-east-1') => ({ account, region });

describe('looking into member accounts', () => {
  it('has nothing to say where all is forwarded, and asks for no more than that shows', async () => {
    const enter = entering({ [one]: sound, [other]: sound });
    expect(await examineMembers(enter, [site(one), site(one, 'eu-west-1'), site(other)], expected, at)).toEqual([]);
  });

  it('names what is wrong with the account it is wrong in', async () => {
    const stopped = { ...sound, 'cloudtrail:GetTrailStatus': { IsLogging: false } };
    const enter = entering({ [one]: sound, [other]: stopped });
    const complaints = await examineMembers(enter, [site(one), site(other), site(other, 'eu-west-1')], expected, at);
    expect(complaints).toMatchObject([
      {
        check: 'trail-stopped',
        severity: 'critical',
        accounts: [other],
        regions: ['us-east-1', 'eu-west-1'],
        says: `Account ${other}: The trail main is not logging.`,
      },
    ]);
  });

  it('says once that several accounts lack subscriptions, however many these are', async () => {
    const older = { ...sound, 'events:ListRules': { Rules: [{ Name: 'trailwire-forward-alarms' }] } };
    const enter = entering({ [one]: older, [other]: older, [third]: sound });
    const complaints = await examineMembers(enter, [site(one), site(other), site(third)], expected, at);
    const count = expected.subscriptions.length;
    expect(complaints).toMatchObject([
      {
        check: 'subscription-missing',
        accounts: [one, other],
        says: `Accounts ${one}, ${other}: ${count} ${count === 1 ? 'subscription' : 'subscriptions'} that the rules need ${count === 1 ? 'is' : 'are'} not there.`,
      },
    ]);
    expect(new Set(complaints[0]?.rules)).toEqual(new Set(expected.rules.map(({ id }) => id)));
  });

  it('names five of many accounts, and keeps all in the complaint', async () => {
    const accounts = Array.from({ length: 20 }, (_, index) => String(100_000_000_000 + index));
    const complaints = await examineMembers(
      entering({}),
      accounts.map((account) => site(account)),
      expected,
      at,
    );
    expect(complaints).toHaveLength(1);
    expect(complaints[0]?.accounts).toEqual(accounts);
    expect(complaints[0]?.says).toBe(
      `Accounts ${accounts.slice(0, 5).join(', ')} and 15 more: Could not look at the account: AccessDenied: not authorized`,
    );
  });

  it('says that an account cannot be entered, and looks into the others', async () => {
    const full = { ...sound, 'sqs:GetQueueAttributes': { Attributes: { ApproximateNumberOfMessages: '2' } } };
    const complaints = await examineMembers(entering({ [other]: full }), [site(one), site(other)], expected, at);
    expect(complaints.map(({ check, accounts }) => [check, ...accounts])).toEqual([
      ['dead-letters', other],
      ['could-not-look', one],
    ]);
  });

  it('finds out that nothing is forwarded from a region', async () => {
    const bare = { ...sound, 'events:ListRules': {}, 'sqs:ListQueues': {} };
    const complaints = await examineMembers(entering({ [one]: bare }), [site(one)], expected, at);
    expect(complaints.map(({ check, severity }) => [check, severity])).toEqual([['region-not-watched', 'critical']]);
  });
});
