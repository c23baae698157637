import type { CloudTrailRecord } from '../../engine/record.ts';
import { exampleRecord } from '../example-records.ts';
import { motoAccount, region } from './moto.ts';

/** Asked with the input of a call before it is made. */
export type Refusals = Readonly<Record<string, (input: unknown) => Promise<string | undefined>>>;

/** How an account comes to need a remediation. */
export type AwsCase = {
  /** Makes what the remediation acts on, under names of its own; returns the record that asks for it. */
  readonly arrange: (id: string) => Promise<CloudTrailRecord>;
  /** Where moto cannot stand in for AWS: what AWS answers instead, as it is recorded in its documentation. */
  readonly recorded?: Readonly<Record<string, (id: string) => object>>;
  /** What AWS refuses and moto does, by the action: the error, or `undefined` where AWS does it too. */
  readonly refused?: Refusals;
};

/** A record of the account that moto stands for. */
export const recordOf = (fields: object): CloudTrailRecord =>
  exampleRecord({ recipientAccountId: motoAccount, awsRegion: region, ...fields });

/** The record of a call. */
export const calling = (
  service: string,
  eventName: string,
  requestParameters: object | null,
  responseElements: object | null = null,
): CloudTrailRecord =>
  recordOf({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, responseElements });
