import type { AwsRead } from './aws-call.ts';
import type { Refusal, Target } from './plan.ts';
import type { ReadState } from './planning.ts';
import { oneLine } from './template.ts';
import { wildcardTest } from './wildcard.ts';

/** Aspects that are tags begin so, in whatever state they are. */
const mark = 'tag ';

/** Services whose resources the tagging API knows. https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html */
const tagged = /^arn:aws[a-z-]*:(?:cloudtrail|ec2|guardduty|kms|lambda|rds|s3|securityhub|iam::\d{12}:policy\/)/;

/**
 * Refuses a target that carries a protected tag: `stage=live`, or `stage` for any value, with `*` in either. The tags are read
 * with the state before; where they cannot be read this throws, and nothing is planned.
 */
export const refuseByTag = async (
  target: Target,
  protectedTags: readonly string[],
  read: ReadState,
): Promise<Refusal | undefined> => {
  const where = protectedTags.length === 0 ? undefined : tagsReadOf(target);
  if (where === undefined) return undefined;
  const tags = Object.entries(await read(where)).flatMap(([name, value]) =>
    name.startsWith(mark) ? [`${name.slice(mark.length)}=${value}`] : [],
  );
  for (const pattern of protectedTags) {
    const isProtected = wildcardTest(pattern.includes('=') ? pattern : `${pattern}=*`);
    const tag = tags.find(isProtected);
    if (tag !== undefined) {
      return { refused: 'protected-tag', reason: `${oneLine(target.arn)} has the tag ${oneLine(tag)} (${pattern})` };
    }
  }
  return undefined;
};

const tagsReadOf = ({ arn, account }: Target): AwsRead | undefined => {
  const [, kind, name = ''] = /:iam::\d{12}:(user|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (kind === 'user') return { action: 'iam:GetUser', parameters: { UserName: name } };
  if (kind === 'role') return { action: 'iam:GetRole', parameters: { RoleName: name } };
  if (!tagged.test(arn)) return undefined;
  // Snapshots and images have no account in the ARNs of IAM, and have one here.
  const withAccount = arn.replace(/^(arn:aws[a-z-]*:ec2:[a-z0-9-]+:):/, `$1${account}:`);
  return { action: 'tag:GetResources', parameters: { ResourceARNList: [withAccount] } };
};
