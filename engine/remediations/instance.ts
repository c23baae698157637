import type { AwsRead } from '../aws-call.ts';
import { readField, readText, readTexts } from '../field.ts';
import type { Refusal, Target } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import { placeOf } from './call-made.ts';
import { notApplicable } from './remediation.ts';

const instanceId = /^i-[0-9a-f]{8,17}$/;

/** The instance that a record is about, and the read that tells of it. */
export const instanceOf = (
  record: CloudTrailRecord,
): { readonly target: Target; readonly read: AwsRead; readonly region: string } | Refusal => {
  const place = placeOf(record);
  if ('refused' in place) return place;
  const name = instanceIn(record);
  if (typeof name !== 'string') return name;
  const { account, partition, region } = place;
  const arn = `arn:${partition}:ec2:${region}:${account}:instance/${name}`;
  return {
    target: { type: 'instance', account, arn, name },
    read: { action: 'ec2:DescribeInstances', parameters: { InstanceIds: [name] } },
    region,
  };
};

/**
 * The instance whose role made the call, whose id EC2 gives such sessions as a name; else the one that the call is about.
 * Whoever assumes a role chooses the name of the session, so it counts only for credentials that EC2 delivered.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
const instanceIn = (record: CloudTrailRecord): string | Refusal => {
  const isDelivered = readText(record, 'userIdentity.sessionContext.ec2RoleDelivery') !== undefined;
  const session = readText(record, 'userIdentity.principalId')?.split(':')[1] ?? '';
  if (isDelivered && instanceId.test(session)) return session;
  // Anybody can name any instance in a call that fails.
  if (readField(record, ['errorCode']) !== undefined) return notApplicable('the call failed and reached no instance');
  const named = [
    'requestParameters.instanceId',
    'requestParameters.instancesSet.items.instanceId',
    'responseElements.instancesSet.items.instanceId',
  ].flatMap((path) => readTexts(record, path));
  const [only, ...others] = [...new Set(named)];
  if (others.length > 0) return notApplicable(`the record names ${named.length} instances; a person has to choose`);
  if (only === undefined || !instanceId.test(only)) return notApplicable('the record names no instance');
  return only;
};
