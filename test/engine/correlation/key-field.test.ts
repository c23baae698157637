import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyField, networkOf, parseKeyField, readKeyField } from '../../../engine/correlation/key-field.ts';

const read = (record: object, text: string) => readKeyField({ ...record }, parseKeyField(text));

describe('a field that matches are counted by', () => {
  it.each([
    ['a text', { awsRegion: 'eu-west-1' }, 'awsRegion', ['eu-west-1']],
    ['a number as text', { requestParameters: { maxResults: 5 } }, 'requestParameters.maxResults', ['5']],
    ['nothing where it is missing', {}, 'awsRegion', []],
    ['nothing where it is null or empty', { a: null, b: {}, c: [] }, 'a|b|c', []],
    [
      'the first of several that is there',
      { userIdentity: { arn: 'u' } },
      'userIdentity.sessionContext.sessionIssuer.arn|userIdentity.arn',
      ['u'],
    ],
    [
      'each value of a list once, in order',
      { resources: [{ arn: 'b' }, { arn: 'a' }, { arn: 'b' }] },
      'resources.arn',
      ['a', 'b'],
    ],
    ['a network for an address', { sourceIPAddress: '203.0.113.7' }, 'network:sourceIPAddress', ['203.0.113.0/24']],
    [
      'nothing for the name of a service where an address is asked for',
      { sourceIPAddress: 'ec2.amazonaws.com' },
      'network:sourceIPAddress',
      [],
    ],
    [
      'the name where it is the alternative',
      { sourceIPAddress: 'ec2.amazonaws.com' },
      'network:sourceIPAddress|sourceIPAddress',
      ['ec2.amazonaws.com'],
    ],
  ])('is %s', (_, record, text, values) => {
    expect(read(record, text)).toEqual(values);
  });

  it('is cut where attackers make it long, and long values that differ at their end stay apart', () => {
    const [one, other] = ['a', 'b'].map(
      (end) => read({ userAgent: `${'x'.repeat(10_000)}${end}` }, 'userAgent')[0] ?? '',
    );
    expect(one?.length).toBeLessThanOrEqual(120);
    expect(one).not.toBe(other);
  });

  it('has the form of a path, of several, or of a network', () => {
    for (const text of ['a', 'a.b|c', 'network:a.b', 'network:a|b']) expect(isKeyField(text), text).toBe(true);
    for (const text of ['', 'a b', 'a||b', '|a', 'a[0]', 'network:', '{a}']) expect(isKeyField(text), text).toBe(false);
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:DB8:0001::6', '2001:db8:1::/48'],
    ['2001:db8::6', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['ec2.amazonaws.com', undefined],
    ['203.0.113.7/8', undefined],
    ['', undefined],
    [7, undefined],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is the same for all addresses in it, and another for others', () => {
    const part = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(part, part, part, part, part, (a, b, c, d, e) => {
        expect(networkOf(`${a}.${b}.${c}.${d}`)).toBe(networkOf(`${a}.${b}.${c}.${e}`));
        expect(networkOf(`${a}.${b}.${c}.${d}`) === networkOf(`${a}.${b}.${e}.${d}`)).toBe(c === e);
      }),
    );
  });
});
