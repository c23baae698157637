import { describe, expect, it } from 'vitest';
import { conditionOfItem } from '../../../cli/sigma/detection-item.ts';
import { createConditionCompiler } from '../../../engine/compile.ts';

const lists = new Map([['trusted-people', ['Ann']]]);
const holds = (key: string, value: unknown, record: object): boolean =>
  createConditionCompiler({ conditions: new Map(), lists })(conditionOfItem(key, value))(record);

describe('a line of a selection', () => {
  it.each<[key: string, value: unknown, yes: readonly unknown[], no: readonly unknown[]]>([
    ['f', 'Root', ['Root', 'ROOT', ['x', 'root']], ['Roots', undefined, null, 5]],
    ['f', ['Root', 'Ann'], ['ann', 'root'], ['bob']],
    ['f', 443, [443, '443'], [4430, true]],
    ['f', '443', [443, '443'], ['0443']],
    ['f', true, [true, 'true', 'True'], [false, 'yes']],
    ['f', 'false', [false, 'FALSE'], [undefined, true]],
    ['f', null, [undefined, null, {}], ['', 'null', false]],
    ['f', '', [''], [undefined, ' ']],
    ['f', [null, 'x'], [undefined, 'X'], ['y']],
    ['f', 'a*c', ['ac', 'AbbC', 'a\nc'], ['acd', 'bac']],
    ['f', 'a?c', ['abc', 'A.C'], ['ac', 'abbc']],
    ['f', 'a\\*c', ['a*c'], ['abc']],
    ['f', 'a\\\\*', ['a\\', 'A\\b'], ['ab', 'a*']],
    ['f', 'a\\b', ['a\\b'], ['ab']],
    ['f', '*', ['', 'x', 5], [undefined]],
    ['f', '*.(x)', ['q.(X)'], ['qa(x)', 'q.(x)y']],
    ['f|contains', 'b', ['abc', 'B'], ['ac', undefined]],
    ['f|contains', 'a*c', ['xAbCy'], ['ca']],
    ['f|startswith', 'ab', ['ABc'], ['cab']],
    ['f|endswith', ['ab', 'xy'], ['cAB', 'XY'], ['abc']],
    ['f|contains|all', ['a', 'b'], ['cBA'], ['a', 'b']],
    ['f|cased', 'Root', ['Root'], ['root']],
    ['f|cased', ['Root', 'Ann'], ['Ann'], ['ann']],
    ['f|cased', true, [true], ['true']],
    ['f|cased', 5, [5], ['5']],
    ['f|cased|startswith', 'Ab', ['Abc'], ['abc']],
    ['f|cased|endswith', 'Ab', ['xAb'], ['xab']],
    ['f|cased|contains', 'A*b', ['xA--by'], ['xa--by']],
    ['f|cased', 'A?b', ['A-b'], ['a-b', 'Ab']],
    ['f|re', 'a+$', ['xaa'], ['AA', 'ab']],
    ['f|re|i', '^a+$', ['AA'], ['b']],
    ['f|re|i|s', 'a.b', ['A\nb'], ['ab']],
    ['f|re|m', '^b$', ['a\nb'], ['ab']],
    ['f|re', ['x', 'y'], ['x', 'y'], ['z']],
    ['f|cidr', '192.0.2.0/24', ['192.0.2.9'], ['192.0.3.9', 'AWS Internal', undefined]],
    ['f|cidr', ['10.0.0.0/8', '2001:db8::/32'], ['10.9.9.9', '2001:db8::1'], ['11.0.0.1']],
    ['f|exists', true, ['', 0], [undefined]],
    ['f|exists', false, [undefined], ['']],
    ['f|lt', 5, [4, '4'], [5]],
    ['f|lte', 5, [5], [6]],
    ['f|gt', 5, [6], [5, 'x']],
    ['f|gte', '5', [5], [4]],
    ['f|neq', 'root', ['ann', undefined], ['ROOT']],
    ['f|neq', ['a', 'b'], ['c'], ['A', 'b']],
    ['f|expand', '%trusted_people%', ['ann'], ['bob']],
    ['f|expand|cased', '%trusted_people%', ['Ann'], ['ann']],
    ['f|base64', 'a user', ['YSB1c2Vy'], ['a user']],
    ['f|base64offset|contains', 'secret', ['eHhzZWNyZXQ=', 'c2VjcmV0'], ['secret']],
    ['f|wide|base64|contains', 'ab', ['YQBiAA=='], ['ab']],
  ])('%s: %j', (key, value, yes, no) => {
    for (const f of yes) expect({ f, is: holds(key, value, { f }) }).toEqual({ f, is: true });
    for (const f of no) expect({ f, is: holds(key, value, { f }) }).toEqual({ f, is: false });
  });

  it('finds an encoded text at every offset', () => {
    for (const before of ['', 'x', 'xx', 'xxx']) {
      for (const after of ['', 'y', 'yy']) {
        const f = Buffer.from(`${before}secret-word${after}`).toString('base64');
        expect({ f, is: holds('f|base64offset|contains', 'secret-word', { f }) }).toEqual({ f, is: true });
      }
    }
  });

  it('compares two fields', () => {
    expect(holds('f|fieldref', 'g.h', { f: 'Ann', g: { h: 'ANN' } })).toBe(true);
    expect(holds('f|fieldref|cased', 'g.h', { f: 'Ann', g: { h: 'ANN' } })).toBe(false);
    expect(holds('f|fieldref|neq', 'g.h', { f: 'Ann', g: { h: 'Bob' } })).toBe(true);
    expect(holds('f|fieldref|cased|startswith', 'g.h', { f: 'Ann', g: { h: 'An' } })).toBe(true);
  });

  it.each<[key: string, value: unknown, says: RegExp]>([
    ['f|windash', '-a', /"\|windash" is for command lines of Windows/],
    ['f|hour', 3, /"\|hour" takes a part of a date/],
    ['f|contain', 'x', /"\|contain" is no modifier of Sigma/],
    ['f|re|contains', 'x', /"\|contains" cannot stand beside "\|re"/],
    ['f|re', '(?=x)', /RE2.*does not take/],
    ['f|re', '(a)\\1', /RE2.*does not take/],
    ['f|cidr', '10.0.0.0/99', /is not an IP address or range/],
    ['f|exists', 'yes', /takes true or false/],
    ['f|gt', 'many', /expected a number/],
    ['f|wide', 'x', /without Base64/],
    ['f|base64', 'a*', /wildcards cannot be encoded/],
    ['f|expand', 'x%people%', /not a single placeholder/],
    ['f|fieldref|startswith', 'g', /compares in any case/],
    ['f', [], /empty list/],
    ['f', { a: 1 }, /expected a text/],
    ['a[0].b', 'x', /is not a path into a record/],
    ['|all', ['x', 'y'], /keywords/],
    ['requestParameters|contains', 'x', /holds fields and is no text/],
  ])('refuses %s: %j by name', (key, value, says) => {
    expect(() => conditionOfItem(key, value)).toThrow(says);
  });
});
