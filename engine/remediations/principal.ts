import { readText } from '../field.ts';
import type { CloudTrailRecord } from '../record.ts';

/** An IAM user or role of an account, as a record names it. */
export type Principal = {
  readonly account: string;
  readonly arn: string;
  readonly name: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names */
const principalArn = /^arn:(aws[a-z-]*):iam::(\d{12}):(user|role)\/(?:[!-~]*\/)?([\w+=,.@-]{1,64})$/;

/**
 * Reads the principal at a path of the record, or `undefined` where it is not whole. Calls take the name and the guard
 * compares the ARN: both must be of one principal, or a call could reach one that is protected.
 */
export const principalAt = (record: CloudTrailRecord, path: string, kind: 'user' | 'role'): Principal | undefined => {
  const arn = readText(record, `${path}.arn`) ?? '';
  const [, partition, account, kindOfArn, name] = principalArn.exec(arn) ?? [];
  if (partition === undefined || account === undefined || name === undefined) return undefined;
  const isWhole =
    kindOfArn === kind &&
    name === readText(record, `${path}.userName`) &&
    account === readText(record, `${path}.accountId`);
  return isWhole ? { account, arn, name, partition } : undefined;
};
