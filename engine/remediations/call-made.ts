import { readField, readText } from '../field.ts';
import { partitionOf } from '../partition.ts';
import type { Refusal } from '../plan.ts';
import { type CloudTrailRecord, eventNameOf } from '../record.ts';
import { isRegionName } from '../region-name.ts';
import { oneLine } from '../template.ts';
import { notApplicable } from './remediation.ts';

/** Where a call was made. */
export type Place = { readonly account: string; readonly region: string; readonly partition: string };

/**
 * Where the call of a record was made, for remediations that put right what it did; a refusal where it is another call,
 * failed, or is not told in full.
 */
export const callMade = (
  record: CloudTrailRecord,
  eventSource: string,
  ...eventNames: readonly string[]
): Place | Refusal => {
  // Lambda writes the version of its API behind the name: AddPermission20150331v2.
  const name = eventNameOf(record).replace(/\d{8}(?:v\d)?$/, '');
  if (readText(record, 'eventSource') !== eventSource || !eventNames.includes(name)) {
    return notApplicable(`it answers ${eventNames.join(', ')}, not ${oneLine(name, 80)}`);
  }
  if (readField(record, ['errorCode']) !== undefined) return notApplicable('the call failed and changed nothing');
  if (readField(record, ['requestParameters', 'omitted']) !== undefined) {
    return notApplicable('CloudTrail left out the parameters of the call, which were too large');
  }
  return placeOf(record);
};

/** The account that a record was delivered to, and the region of its call. */
export const placeOf = (record: CloudTrailRecord): Place | Refusal => {
  const account = readText(record, 'recipientAccountId') ?? '';
  const region = readText(record, 'awsRegion') ?? '';
  if (!/^\d{12}$/.test(account) || !isRegionName(region)) {
    return notApplicable('the record does not say in which account and region the call was made');
  }
  return { account, region, partition: partitionOf(region) };
};
