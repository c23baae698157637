import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountOf,
  actionIdOf,
  deliveryIdOf,
  eventNameOf,
  eventSourceOf,
  eventTimeOf,
  isRecord,
} from '../../engine/record.ts';
import { account, exampleInsight, exampleRecord, identities, nested, otherAccount } from '../example-records.ts';

const without = (field: string) => {
  const { [field]: _, ...rest } = exampleRecord();
  return rest;
};

describe('what is a record', () => {
  it('a call with source and name is', () => {
    expect(isRecord(exampleRecord())).toBe(true);
    expect(isRecord({ eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' })).toBe(true);
  });

  it('an Insight is, though it has neither', () => {
    expect(isRecord(exampleInsight())).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['a source alone', without('eventName')],
    ['a name alone', without('eventSource')],
    ['a source that is no text', exampleRecord({ eventSource: { 'iam.amazonaws.com': 1 } })],
    ['a name that is no text', exampleRecord({ eventName: ['CreateUser'] })],
    ['an S3 notification', { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }],
    ['an aggregated event', exampleRecord({ eventCategory: 'Aggregated' })],
    ['an Insight without details', { ...exampleInsight(), insightDetails: 'none' }],
  ])('%s is not', (_, value) => {
    expect(isRecord(value)).toBe(false);
  });
});

describe('what a record says of itself', () => {
  it('source and event of an Insight are those it is about', () => {
    expect(eventSourceOf(exampleInsight())).toBe('iam.amazonaws.com');
    expect(eventNameOf(exampleInsight())).toBe('CreateAccessKey');
  });

  it('a record without source or event is of an unknown one', () => {
    expect(eventSourceOf({})).toBe('unknown');
    expect(eventNameOf({ eventName: 5 })).toBe('unknown');
  });

  it('the account is the one it was delivered for, else the one of the caller', () => {
    expect(accountOf(exampleRecord({ userIdentity: identities.otherAccount }))).toBe(account);
    expect(accountOf({ userIdentity: identities.otherAccount })).toBe(otherAccount);
    expect(accountOf({ userIdentity: identities.service })).toBeUndefined();
    expect(accountOf({ recipientAccountId: 111122223333 })).toBeUndefined();
  });

  it('the event time is milliseconds since 1970', () => {
    expect(eventTimeOf(exampleRecord())).toBe(Date.UTC(2026, 9, 14, 8, 41, 7));
    expect(eventTimeOf(exampleRecord({ eventTime: '2026-10-14T08:41:07.125Z' }))).toBe(
      Date.UTC(2026, 9, 14, 8, 41, 7, 125),
    );
  });

  it.each([
    ['missing', undefined],
    ['a number', 1_792_000_000_000],
    ['not a time', 'yesterday'],
    ['a day that is not', '2026-02-31T25:00:00Z'],
    ['without a zone: it would mean another moment on every machine', '2026-10-14T08:41:07'],
    ['half a time: a parser would invent the rest', '12'],
    ['a list', ['2026-10-14T08:41:07Z']],
  ])('an event time that is %s is none', (_, eventTime) => {
    expect(eventTimeOf(exampleRecord({ eventTime }))).toBeUndefined();
  });
});

describe('what makes two records one', () => {
  it('a delivery is an event id in an account', () => {
    expect(deliveryIdOf(exampleRecord())).toBe(`${account}/${exampleRecord().eventID}`);
    expect(deliveryIdOf(exampleRecord({ recipientAccountId: otherAccount }))).not.toBe(deliveryIdOf(exampleRecord()));
  });

  it('a record without an event id is known by its content', () => {
    const old = without('eventID');
    expect(deliveryIdOf(old)).toBe(deliveryIdOf({ ...old }));
    expect(deliveryIdOf(old)).not.toBe(deliveryIdOf({ ...old, eventName: 'DeleteAccessKey' }));
    expect(actionIdOf(old)).toBe(deliveryIdOf(old));
  });

  it('copies of one action for several accounts are one action and several deliveries', () => {
    const copies = [account, otherAccount].map((recipientAccountId, index) =>
      exampleRecord({ recipientAccountId, eventID: `copy-${index}`, sharedEventID: 'shared' }),
    );
    expect(new Set(copies.map(actionIdOf))).toEqual(new Set(['shared']));
    expect(new Set(copies.map(deliveryIdOf)).size).toBe(2);
  });

  it('start and end of an Insight are one action', () => {
    const end = exampleInsight({ eventID: 'another', insightDetails: { state: 'End' } });
    expect(actionIdOf(end)).toBe(actionIdOf(exampleInsight()));
  });

  it('a record that is sent again with corrections is the same action', () => {
    const corrected = exampleRecord({
      eventID: 'another',
      addendum: { reason: 'UPDATED_DATA', originalEventID: exampleRecord().eventID },
    });
    expect(actionIdOf(corrected)).toBe(actionIdOf(exampleRecord()));
  });

  it('any record has an id that is a text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        expect(actionIdOf(record)).not.toBe('');
        expect(deliveryIdOf(record)).not.toBe('');
      }),
    );
  });
});

it('a record without eventID that is nested too deep to be text still has an id', () => {
  const deep = exampleRecord({ eventID: undefined, requestParameters: nested(100_000) });
  expect(deliveryIdOf(deep)).toMatch(/^[0-9a-f]{36}$/);
  expect(deliveryIdOf(exampleRecord({ ...deep, eventTime: '2026-10-14T08:00:00Z' }))).not.toBe(deliveryIdOf(deep));
});
