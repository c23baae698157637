import { describe, expect, it } from 'vitest';
import type { AwsRead } from '../../engine/aws-call.ts';
import { awsReadSchema } from '../../engine/aws-call.ts';
import { isRefusal, type Target } from '../../engine/plan.ts';
import { refuseByTag } from '../../engine/protected-tags.ts';
import { remediations } from '../../engine/remediations/index.ts';
import { remediationNameSchema } from '../../engine/remediations/name.ts';
import { account } from '../example-records.ts';
import { remediationCases } from './remediation-cases.ts';

const target = (arn: string): Target => ({ type: 'thing', account, arn, name: 'thing' });
const bucket = target('arn:aws:s3:::acme-exports');
const read = async () => ({ arn: 'x', 'tag stage': 'live', 'tag owner': '<!channel>\n', stage: 'not a tag' });

/** Where the tags of a target are read. */
const readOf = async (arn: string): Promise<AwsRead | undefined> => {
  let asked: AwsRead | undefined;
  await refuseByTag(target(arn), ['any'], async (wanted) => {
    asked = wanted;
    return {};
  });
  return asked;
};

describe('a protected tag', () => {
  it.each(['stage=live', 'stage', 'stage=l*', 'st*=live', 'owner'])(
    '%s keeps what carries it from being touched',
    async (tag) => {
      expect(await refuseByTag(bucket, ['nothing', tag], read)).toMatchObject({
        refused: 'protected-tag',
        reason: expect.stringMatching(/^arn:aws:s3:::acme-exports has the tag .+ \(.+\)$/),
      });
    },
  );

  it.each(['stage=test', 'live', 'Stage', 'stag', 'arn', 'arn=x'])('%s is not one that it carries', async (tag) => {
    expect(await refuseByTag(bucket, [tag], read)).toBeUndefined();
  });

  it('is one line in the reason, whatever it says', async () => {
    expect((await refuseByTag(bucket, ['owner'], read))?.reason).not.toContain('\n');
  });

  it('is not read where there is none', async () => {
    const unread = async () => {
      throw new TypeError('nothing is read for this');
    };
    expect(await refuseByTag(bucket, [], unread)).toBeUndefined();
    expect(await refuseByTag(target(`arn:aws:iam::${account}:group/ops`), ['stage'], unread)).toBeUndefined();
  });

  it('that cannot be read throws, so that nothing is done', async () => {
    const denied = async () => {
      throw new Error('AccessDenied: tag:GetResources');
    };
    await expect(refuseByTag(bucket, ['stage'], denied)).rejects.toThrow('AccessDenied');
  });
});

describe('the tags of', () => {
  it.each<[string, AwsRead]>([
    [`arn:aws:iam::${account}:user/staff/ann`, { action: 'iam:GetUser', parameters: { UserName: 'ann' } }],
    [`arn:aws:iam::${account}:role/Admin`, { action: 'iam:GetRole', parameters: { RoleName: 'Admin' } }],
    [
      'arn:aws:ec2:eu-west-1::snapshot/snap-0a1b2c3d4e5f60718',
      {
        action: 'tag:GetResources',
        parameters: { ResourceARNList: [`arn:aws:ec2:eu-west-1:${account}:snapshot/snap-0a1b2c3d4e5f60718`] },
      },
    ],
    [
      `arn:aws:ec2:eu-west-1:${account}:instance/i-0a1b2c3d4e5f60718`,
      {
        action: 'tag:GetResources',
        parameters: { ResourceARNList: [`arn:aws:ec2:eu-west-1:${account}:instance/i-0a1b2c3d4e5f60718`] },
      },
    ],
  ])('%s are read where they are', async (arn, expected) => {
    expect(await readOf(arn)).toEqual(expected);
  });

  it('every target of a response are on the closed list of reads, or there are none', async () => {
    const without = new Set<string>();
    for (const name of remediationNameSchema.options) {
      for (const { record } of remediationCases[name]) {
        const draft = remediations[name].draft({ record, findingId: '0123456789abcdef', now: 0, knownAccounts: [] });
        if (isRefusal(draft)) throw new TypeError(draft.reason);
        const asked = await readOf(draft.target.arn);
        if (asked === undefined) without.add(draft.target.type);
        else expect(() => awsReadSchema.parse(asked)).not.toThrow();
      }
    }
    expect([...without].sort()).toEqual(['config-recorder', 'group']);
  });
});
