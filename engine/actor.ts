import { isIP } from 'node:net';
import { readText, readTexts } from './field.ts';
import { type CloudTrailRecord, isJsonObject } from './record.ts';
import { oneLine } from './template.ts';

/** Who made a call, in the terms of an OCSF actor and of the person on call. */
export type Actor = {
  readonly type: string;
  /** One line for people: `ann (IAM user)`, `Admin as ann@example.com (role session)`, `root user`. */
  readonly label: string;
  readonly arn?: string | undefined;
  readonly account?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly principalId?: string | undefined;
  readonly roleArn?: string | undefined;
  /** The AWS service that made the call, for itself or for the principal. */
  readonly service?: string | undefined;
};

/**
 * Reads the caller from `userIdentity`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export const actorOf = (record: CloudTrailRecord): Actor => {
  const busiest = busiestCallerOf(record);
  if (busiest !== undefined) {
    const label = `${busiest.split('/').at(-1)}, who makes most of the calls`;
    return {
      type: 'Unknown',
      label: oneLine(label, 160),
      arn: busiest,
      account: readText(record, 'recipientAccountId'),
    };
  }
  const read = (field: string) => readText(record, `userIdentity.${field}`);
  const service = read('invokedBy');
  // Service events name the account and the service, and no type.
  const type = read('type') ?? (service === undefined ? 'unknown' : 'AWSService');
  const label = labelOf(type, read, service);
  return {
    type,
    label: oneLine(service === undefined || type === 'AWSService' ? label : `${label}, through ${service}`, 160),
    arn: read('arn') ?? (type === 'IdentityCenterUser' ? read('onBehalfOf.userId') : undefined),
    account: read('accountId'),
    accessKeyId: read('accessKeyId'),
    principalId: read('principalId'),
    roleArn: read('sessionContext.sessionIssuer.arn'),
    service,
  };
};

/** Who stays the same from session to session: the ARN of a session's role, else the caller's own, else what people call them. */
export const principalOf = (record: CloudTrailRecord): string => {
  const { roleArn, arn, label } = actorOf(record);
  return roleArn ?? arn ?? label;
};

/**
 * Insights have no `userIdentity`; they name up to five callers, those with the most calls first, and `null` for none.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
 */
const busiestCallerOf = ({ eventType, insightDetails }: CloudTrailRecord): string | undefined => {
  if (eventType !== 'AwsCloudTrailInsight' || !isJsonObject(insightDetails)) return undefined;
  const { insightContext } = insightDetails;
  const attributions = isJsonObject(insightContext) ? insightContext.attributions : undefined;
  if (!Array.isArray(attributions)) return undefined;
  const ofCallers = attributions.filter((each) => isJsonObject(each) && each.attribute === 'userIdentityArn');
  return readTexts({ ofCallers }, 'ofCallers.insight.value').find((arn) => arn !== 'null');
};

const labelOf = (type: string, read: (field: string) => string | undefined, service: string | undefined): string => {
  const lastOfArn = read('arn')?.split('/').at(-1);
  const name = read('userName') ?? lastOfArn ?? read('principalId') ?? read('accountId') ?? 'unknown';
  switch (type) {
    case 'Root':
      return `root user of ${read('accountId') ?? 'the account'}`;
    case 'IAMUser':
      return `${name} (IAM user)`;
    case 'AssumedRole':
    case 'Role': {
      const role = read('sessionContext.sessionIssuer.userName') ?? read('arn')?.split('/').at(-2);
      return role === undefined ? `${name} (role session)` : `${role} as ${lastOfArn ?? 'unknown'} (role session)`;
    }
    case 'FederatedUser':
      return `${lastOfArn ?? name} (federated by ${read('sessionContext.sessionIssuer.userName') ?? 'unknown'})`;
    case 'AWSService':
      return `${service ?? 'AWS'} (AWS service)`;
    case 'AWSAccount':
      return `account ${read('accountId') ?? 'unknown'} (another account)`;
    case 'IdentityCenterUser':
      return `${read('onBehalfOf.userId') ?? name} (Identity Center user)`;
    default:
      return `${name} (${type})`;
  }
};

/** Where a call came from: an address, or the name of the service that made it. */
export const sourceOf = (record: CloudTrailRecord): { readonly ip?: string; readonly name?: string } => {
  const source = readText(record, 'sourceIPAddress');
  if (source === undefined) return {};
  return isIP(source) === 0 ? { name: oneLine(source) } : { ip: source };
};
