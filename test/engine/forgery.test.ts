import { describe, expect, test } from 'vitest';
import { refuseForged } from '../../engine/forgery.ts';
import { account, exampleRecord } from '../example-records.ts';

const event = { id: 'e', source: 'aws.iam', account };
const refused = (change: object, record = exampleRecord()) => {
  try {
    refuseForged({ record, event: { ...event, ...change } });
    return undefined;
  } catch (error) {
    return String(error);
  }
};

describe('an event of EventBridge', () => {
  test('of the account that its record was delivered to is taken, wherever it was forwarded from', () => {
    expect(refused({})).toBeUndefined();
    const member = '444455556666';
    expect(refused({ account: member }, exampleRecord({ recipientAccountId: member }))).toBeUndefined();
  });

  test('of one account with a record of another is a forgery of that account', () => {
    expect(refused({ account: '444455556666' })).toBe(
      `EventError: an event of account "444455556666" carries a record of account "${account}"`,
    );
  });

  test('with a record that names no recipient must be of the account of the caller', () => {
    const unnamed = exampleRecord({ recipientAccountId: undefined, userIdentity: { accountId: account } });
    expect(refused({}, unnamed)).toBeUndefined();
    expect(refused({ account: '444455556666' }, unnamed)).toContain('carries a record of account');
  });

  test('under another source than those of AWS is none of CloudTrail’s', () => {
    expect(refused({ source: 'custom.iam' })).toContain('claims to be from CloudTrail');
  });

  test('is judged by what is there: records from files come without one', () => {
    expect(() => refuseForged({ record: exampleRecord() })).not.toThrow();
    expect(refused({ account: undefined })).toBeUndefined();
  });
});
