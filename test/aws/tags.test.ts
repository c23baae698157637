import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutor } from '../../account/execute.ts';
import type { Target } from '../../engine/plan.ts';
import { refuseByTag } from '../../engine/protected-tags.ts';
import { hasMoto, motoAccount, region, startMoto } from './moto.ts';

const Tags = [
  { Key: 'stage', Value: 'live' },
  { Key: 'owner', Value: 'platform' },
];

describe.runIf(hasMoto)('tags of an account', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    moto = await startMoto();
  }, 60_000);
  afterAll(() => moto?.stop());

  const refusalOf = (arn: string) => {
    const target: Target = { type: 'thing', account: motoAccount, arn, name: 'thing' };
    return refuseByTag(target, ['stage=live'], createExecutor().read);
  };

  it('protect users and roles', async () => {
    const iam = new IAMClient();
    await iam.send(new CreateUserCommand({ UserName: 'ann', Path: '/staff/', Tags }));
    await iam.send(new CreateUserCommand({ UserName: 'bob' }));
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await iam.send(new CreateRoleCommand({ RoleName: 'Deployer', AssumeRolePolicyDocument, Tags }));
    iam.destroy();
    const ofIam = (path: string) => refusalOf(`arn:aws:iam::${motoAccount}:${path}`);
    expect(await ofIam('user/staff/ann')).toMatchObject({ refused: 'protected-tag' });
    expect(await ofIam('role/Deployer')).toMatchObject({ refused: 'protected-tag' });
    expect(await ofIam('user/bob')).toBeUndefined();
    expect(await ofIam('user/nobody')).toBeUndefined();
  });

  it('protect resources, by the tagging API', async () => {
    const s3 = new S3Client({ forcePathStyle: true });
    for (const Bucket of ['tagged', 'plain']) await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketTaggingCommand({ Bucket: 'tagged', Tagging: { TagSet: Tags } }));
    s3.destroy();
    expect(await refusalOf('arn:aws:s3:::tagged')).toMatchObject({ refused: 'protected-tag' });
    expect(await refusalOf('arn:aws:s3:::plain')).toBeUndefined();

    const ec2 = new EC2Client();
    const run = async (tags: typeof Tags) => {
      const TagSpecifications = tags.length === 0 ? [] : [{ ResourceType: 'instance' as const, Tags: tags }];
      const { Instances = [] } = await ec2.send(
        new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, TagSpecifications }),
      );
      return `arn:aws:ec2:${region}:${motoAccount}:instance/${Instances[0]?.InstanceId}`;
    };
    expect(await refusalOf(await run(Tags))).toMatchObject({ refused: 'protected-tag' });
    expect(await refusalOf(await run([]))).toBeUndefined();
    ec2.destroy();
  });
});
