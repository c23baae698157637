import type { Refusal, Target } from '../plan.ts';
import { oneLine } from '../template.ts';
import type { Place } from './call-made.ts';
import { notApplicable } from './remediation.ts';

/**
 * The trail that a request names, by name or ARN. It can be changed in its home region alone, where the record is from.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
 */
export const trailAt = (text: string | undefined, { account, region, partition }: Place): Target | Refusal => {
  const prefix = `arn:${partition}:cloudtrail:${region}:${account}:trail/`;
  const name = text?.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (name === undefined || !/^[A-Za-z0-9][\w.-]{2,127}$/.test(name)) {
    return notApplicable(
      `the record does not name a trail of this account and region (${oneLine(text ?? 'none', 120)})`,
    );
  }
  return { type: 'trail', account, arn: `${prefix}${name}`, name };
};
