import * as z from 'zod/mini';
import { cloudtrailCalls, cloudtrailReads } from './aws-calls/cloudtrail.ts';
import { configCalls, configReads } from './aws-calls/config.ts';
import { ec2Calls, ec2Reads } from './aws-calls/ec2.ts';
import { guarddutyCalls, guarddutyReads } from './aws-calls/guardduty.ts';
import { iamCalls, iamReads } from './aws-calls/iam.ts';
import { kmsCalls, kmsReads } from './aws-calls/kms.ts';
import { lambdaCalls, lambdaReads } from './aws-calls/lambda.ts';
import { rdsCalls, rdsReads } from './aws-calls/rds.ts';
import { s3Calls, s3Reads } from './aws-calls/s3.ts';
import { securityhubCalls, securityhubReads } from './aws-calls/securityhub.ts';
import { tagReads } from './aws-calls/tag.ts';

/**
 * The closed list of AWS writes the product can ever make, with the parameters it may send: one file for each service. The
 * name of a call is the IAM permission it needs. A plan is checked against the list before anything runs, and
 * `infra.test.ts` holds the response role's permissions equal to it.
 */
export const awsCallSchema = z.discriminatedUnion('action', [
  ...iamCalls,
  ...cloudtrailCalls,
  ...configCalls,
  ...ec2Calls,
  ...guarddutyCalls,
  ...kmsCalls,
  ...lambdaCalls,
  ...rdsCalls,
  ...s3Calls,
  ...securityhubCalls,
]);
export type AwsCall = z.infer<typeof awsCallSchema>;

/** The AWS reads that plans are made of; each answers with a State, `{}` for what does not exist. */
export const awsReadSchema = z.discriminatedUnion('action', [
  ...iamReads,
  ...cloudtrailReads,
  ...configReads,
  ...ec2Reads,
  ...guarddutyReads,
  ...kmsReads,
  ...lambdaReads,
  ...rdsReads,
  ...s3Reads,
  ...securityhubReads,
  ...tagReads,
]);
export type AwsRead = z.infer<typeof awsReadSchema>;

/** The IAM actions behind all calls. */
export const awsWriteActions: readonly string[] = awsCallSchema.def.options.flatMap(
  (option) => option.shape.action.def.values,
);

/** The IAM actions behind all calls and reads. */
export const awsActions: readonly string[] = [
  ...awsWriteActions,
  ...awsReadSchema.def.options.flatMap((option) => option.shape.action.def.values),
];
