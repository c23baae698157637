import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readTexts } from '../field.ts';
import type { Refusal } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import { aspectOf, type State } from '../state.ts';
import type { Place } from './call-made.ts';
import { notApplicable, type WantedChange } from './remediation.ts';

/** Whom a request of EC2 shared something with: `all`, ids of accounts, ARNs of organizations; without those that are known. */
export const sharedWith = (
  record: CloudTrailRecord,
  path: string,
  { account }: Place,
  knownAccounts: readonly string[],
): readonly string[] => {
  const isUnknown = (id: string): boolean => id !== account && !knownAccounts.includes(id);
  const accounts = readTexts(record, `${path}.userId`).filter((id) => /^\d{12}$/.test(id) && isUnknown(id));
  const groups = readTexts(record, `${path}.group`).filter((group) => group === 'all');
  const organizations = ['organizationArn', 'organizationalUnitArn']
    .flatMap((field) => readTexts(record, `${path}.${field}`))
    .filter((arn) => /^arn:aws[a-z-]*:organizations::\d{12}:(?:organization|ou)\/[a-z0-9/-]{1,200}$/.test(arn));
  return [...new Set([...groups, ...accounts, ...organizations])];
};

/** The change that takes back what of it is still shared: others' part of the sharing is neither removed nor put back. */
export const stillShared = (
  read: AwsRead,
  added: readonly string[],
  stateOf: (read: AwsRead) => State,
  remove: (shared: readonly string[]) => AwsCall,
  add: (shared: readonly string[]) => AwsCall,
): readonly WantedChange[] | Refusal => {
  const shared = added.filter((each) => aspectOf(stateOf(read), each) !== null);
  if (shared.length === 0) return notApplicable('it is not shared any more with those that the call shared it with');
  const to = Object.fromEntries(shared.map((each) => [each, null]));
  return [{ read, to, call: remove(shared), undo: add(shared) }];
};
