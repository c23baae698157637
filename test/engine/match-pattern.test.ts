import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../engine/match-pattern.ts';

const event = {
  source: 'aws.ec2',
  detail: {
    eventName: 'AuthorizeSecurityGroupIngress',
    userAgent: 'aws-cli/2.31.9 (a*b\\c)',
    errorCode: null,
    empty: '',
    yes: true,
    port: 22,
    emptyObject: {},
    emptyList: [],
    mixed: [{ a: 1 }, { b: 1 }],
    names: ['one', 'two', ['three']],
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/Bob' },
    requestParameters: {
      ipPermissions: {
        items: [
          { fromPort: '22', ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }, { cidrIp: '10.1.0.0/16' }] } },
          { fromPort: '443', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
        ],
      },
    },
  },
};
const detail = (fields: object) => ({ detail: fields });
const items = (fields: object) => detail({ requestParameters: { ipPermissions: { items: fields } } });
const agent = (matcher: unknown) => detail({ userAgent: [matcher] });

/** What AWS's own engine says of these: https://github.com/aws/event-ruler#readme */
const verdicts: readonly (readonly [string, object, boolean])[] = [
  ['a value', { source: ['aws.ec2'] }, true],
  ['another value', { source: ['aws.s3'] }, false],
  ['one of several values', { source: ['aws.s3', 'aws.ec2'] }, true],
  ['a value in another case', { source: ['AWS.EC2'] }, false],
  ['all of two fields', { source: ['aws.ec2'], detail: { eventName: ['x'] } }, false],
  ['a field that is missing', detail({ nothing: ['x'] }), false],
  ['a field below one that is missing', detail({ nothing: { below: ['x'] } }), false],
  ['a field below a text', detail({ eventName: { below: ['x'] } }), false],
  ['a truth value', detail({ yes: [true] }), true],
  ['a truth value as text', detail({ yes: ['true'] }), false],
  ['a number', detail({ port: [22] }), true],
  ['a number as text', detail({ port: ['22'] }), false],
  ['null', detail({ errorCode: [null] }), true],
  ['null where there is a text', detail({ empty: [null] }), false],
  ['an empty text', detail({ empty: [''] }), true],
  ['an empty text where there is null', detail({ errorCode: [''] }), false],
  ['a property that every object has', detail({ constructor: [{ exists: true }] }), false],

  ['a prefix', agent({ prefix: 'aws-cli/' }), true],
  ['a prefix in another case', agent({ prefix: 'AWS-cli/' }), false],
  ['a prefix in any case', agent({ prefix: { 'equals-ignore-case': 'AWS-cli/' } }), true],
  ['a prefix of a number', detail({ port: [{ prefix: '2' }] }), false],
  ['a suffix', agent({ suffix: '\\c)' }), true],
  ['another suffix', agent({ suffix: '(' }), false],
  ['a suffix in any case', agent({ suffix: { 'equals-ignore-case': '\\C)' } }), true],
  ['any case', detail({ eventName: [{ 'equals-ignore-case': 'authorizesecuritygroupingress' }] }), true],
  ['any case of a part', detail({ eventName: [{ 'equals-ignore-case': 'authorize' }] }), false],

  ['a wildcard at the end', agent({ wildcard: 'aws-cli/*' }), true],
  ['a wildcard at the beginning', agent({ wildcard: '*)' }), true],
  ['a wildcard within', agent({ wildcard: 'aws*(*)' }), true],
  ['a wildcard that is not met', agent({ wildcard: 'aws*x*' }), false],
  ['a wildcard that would need a letter twice', detail({ source: [{ wildcard: 'aws.ec2*2' }] }), false],
  ['a wildcard for nothing', agent({ wildcard: 'aws-cli*/2.31.9*' }), true],
  ['a star that is meant', agent({ wildcard: '*a\\*b*' }), true],
  ['a star that is meant and not there', detail({ eventName: [{ wildcard: 'Auth\\*' }] }), false],
  ['a backslash that is meant', agent({ wildcard: '*b\\\\c)' }), true],
  ['a backslash before a star that is not', agent({ wildcard: '*b\\\\*' }), true],

  ['that a text is there', agent({ exists: true }), true],
  ['that a text is not there', agent({ exists: false }), false],
  ['that a missing field is there', detail({ nothing: [{ exists: true }] }), false],
  ['that a missing field is not there', detail({ nothing: [{ exists: false }] }), true],
  ['that null is there', detail({ errorCode: [{ exists: true }] }), true],
  ['that an empty text is there', detail({ empty: [{ exists: true }] }), true],
  ['that an object is there, which is no leaf', detail({ userIdentity: [{ exists: true }] }), false],
  ['that an object is not there', detail({ userIdentity: [{ exists: false }] }), true],
  ['that an empty object is there', detail({ emptyObject: [{ exists: true }] }), false],
  ['that an empty object is not there', detail({ emptyObject: [{ exists: false }] }), true],
  ['that an empty list is there', detail({ emptyList: [{ exists: true }] }), false],
  ['that an empty list is not there', detail({ emptyList: [{ exists: false }] }), true],

  ['that a field below an empty list is not there', detail({ emptyList: { below: [{ exists: false }] } }), true],
  ['that a field is in no element of a list', items({ toPort: [{ exists: false }] }), true],
  ['that a field of some elements is not there', detail({ mixed: { a: [{ exists: false }] } }), false],

  ['anything but some texts', detail({ eventName: [{ 'anything-but': ['x', 'y'] }] }), true],
  ['anything but this text', detail({ eventName: [{ 'anything-but': ['AuthorizeSecurityGroupIngress'] }] }), false],
  ['anything but a text, of a number', detail({ port: [{ 'anything-but': ['22'] }] }), true],
  ['anything but a text, of a missing field', detail({ nothing: [{ 'anything-but': ['x'] }] }), false],
  ['anything but a text, of a list with others', detail({ names: [{ 'anything-but': ['one'] }] }), true],
  ['a missing field or anything but a text', detail({ nothing: [{ 'anything-but': ['x'] }, { exists: false }] }), true],

  ['an element of a list', detail({ names: ['two'] }), true],
  ['an element of a list in a list', detail({ names: ['three'] }), true],
  ['a value that no element is', detail({ names: ['four'] }), false],
  ['a matcher that an element meets', detail({ names: [{ prefix: 'th' }] }), true],
  ['a field of an element', items({ fromPort: ['443'] }), true],
  ['two fields of one element', items({ fromPort: ['443'], ipRanges: { items: { cidrIp: ['0.0.0.0/0'] } } }), true],
  ['fields of two elements', items({ fromPort: ['443'], ipRanges: { items: { cidrIp: ['10.0.0.0/8'] } } }), false],
  [
    'a field of the second element of a list in a list',
    items({ fromPort: ['22'], ipRanges: { items: { cidrIp: ['10.1.0.0/16'] } } }),
    true,
  ],

  ['one of two alternatives', detail({ $or: [{ eventName: ['x'] }, { userAgent: [{ prefix: 'aws' }] }] }), true],
  ['none of two alternatives', detail({ $or: [{ eventName: ['x'] }, { userAgent: ['y'] }] }), false],
  ['an alternative and a field', detail({ yes: [false], $or: [{ eventName: ['x'] }, { port: [22] }] }), false],
  [
    'an alternative with two fields',
    detail({
      $or: [
        { yes: [true], port: [23] },
        { yes: [true], port: [22] },
      ],
    }),
    true,
  ],
];

describe('a pattern', () => {
  it.each(verdicts)('that asks for %s', (_, pattern, verdict) => {
    expect(matchesPattern(pattern, event)).toBe(verdict);
  });

  it.each([
    ['an unknown operator', agent({ bogus: 'x' }), 'unknown operator bogus'],
    ['two operators in one', agent({ prefix: 'a', suffix: 'b' }), 'a matcher has one operator'],
    ['two stars in a row', agent({ wildcard: 'a**b' }), 'not a wildcard'],
    ['a backslash before a letter', agent({ wildcard: 'a\\b' }), 'not a wildcard'],
    ['a number for a prefix', agent({ prefix: 1 }), 'prefix takes text'],
    ['an alternative that is none', detail({ $or: {} }), 'expected a list'],
    ['a value without its list', detail({ eventName: 'x' }), 'not a pattern'],
  ])('with %s is refused', (_, pattern, says) => {
    expect(() => matchesPattern(pattern, event)).toThrow(says);
  });
});
