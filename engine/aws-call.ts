import * as z from 'zod/mini';
import { iamCalls, iamReads } from './aws-calls/iam.ts';

/**
 * The closed list of AWS writes the product can ever make, with the parameters it may send: one file for each service. The
 * name of a call is the IAM permission it needs. A plan is checked against the list before anything runs, and
 * `infra.test.ts` holds the response role's permissions equal to it.
 */
export const awsCallSchema = z.discriminatedUnion('action', [...iamCalls]);
export type AwsCall = z.infer<typeof awsCallSchema>;

/** The AWS reads that plans are made of; each answers with a State, `{}` for what does not exist. */
export const awsReadSchema = z.discriminatedUnion('action', [...iamReads]);
export type AwsRead = z.infer<typeof awsReadSchema>;

/** The IAM actions behind all calls and reads. */
export const awsActions: readonly string[] = [...awsCallSchema.def.options, ...awsReadSchema.def.options].flatMap(
  (option) => option.shape.action.def.values,
);
