import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFieldPath, readField, readText, readTexts } from '../../engine/field.ts';
import { seeded } from './seed.ts';

const read = (record: unknown, path: string): unknown => readField(record, parseFieldPath(path));
const parse = (text: string): unknown => JSON.parse(text);

/** Each way in which AWS hands over a policy document. */
const encodings = {
  'as JSON text': (document: unknown) => JSON.stringify(document),
  'as percent-encoded JSON text': (document: unknown) => encodeURIComponent(JSON.stringify(document)),
  parsed: (document: unknown) => document,
};
/** Spellings of the first two that were seen or are to be expected. */
const spellings = {
  ...encodings,
  'as JSON text over several lines': (document: unknown) => `\r\n\t ${JSON.stringify(document, null, 2)}\n`,
  'as percent-encoded JSON text over several lines': (document: unknown) =>
    encodeURIComponent(`\n  ${JSON.stringify(document, null, 2)}\n`),
  'as percent-encoded JSON text in lower case': (document: unknown) =>
    encodeURIComponent(JSON.stringify(document)).replace(/%../g, (code) => code.toLowerCase()),
};

describe('a name', () => {
  const inherited = ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__'];

  it.each(inherited)('%s is no field of a record that does not have it', (name) => {
    expect(read({}, name)).toBeUndefined();
    expect(read({ userIdentity: { type: 'Root' } }, `userIdentity.${name}`)).toBeUndefined();
    expect(read({ items: [{ a: 1 }] }, `items.${name}`)).toBeUndefined();
    expect(read({ text: 'abc' }, `text.${name}`)).toBeUndefined();
    expect(read({ text: '{"a":1}' }, `text.${name}`)).toBeUndefined();
    expect(read({}, `${name}.name`)).toBeUndefined();
  });

  it.each(inherited)('%s is a field of a record that does have it', (name) => {
    expect(read(parse(`{"${name}":"own"}`), name)).toBe('own');
    expect(read(parse(`{"items":[{"${name}":"own"}]}`), `items.${name}`)).toEqual(['own']);
    expect(read({ text: `{"${name}":{"deeper":"own"}}` }, `text.${name}.deeper`)).toBe('own');
  });

  it('of a list or a text is none: lists have no length and no indexes here', () => {
    const record = { list: ['a', 'b'], text: 'abc', number: 5, flag: true };
    for (const path of [
      'list.length',
      'list.0',
      'list.map',
      'text.length',
      'text.0',
      'number.toFixed',
      'flag.valueOf',
    ]) {
      expect(read(record, path), path).toBeUndefined();
    }
  });

  it('reads nothing from a record that is none', () => {
    for (const record of [undefined, null, 'text', 5, true, [], {}]) expect(read(record, 'a.b')).toBeUndefined();
  });

  it('changes nothing: a record that sets __proto__ leaves every other object as it was', () => {
    const record = parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(read(record, '__proto__.polluted')).toBe(true);
    expect(read(record, 'constructor.prototype.polluted')).toBe(true);
    expect(read({}, 'polluted')).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('nothing', () => {
  it.each([['null'], ['{}'], ['[]'], ['[null]'], ['[[], {}, [null]]']])('is what %s counts as', (text) => {
    expect(read({ field: parse(text) }, 'field')).toBeUndefined();
    expect(read({ items: [{ field: parse(text) }, { field: 'a' }] }, 'items.field')).toEqual(['a']);
  });

  it.each([['""'], ['0'], ['false'], ['{"a":null}'], ['" "']])('is not what %s counts as', (text) => {
    expect(read({ field: parse(text) }, 'field')).toEqual(parse(text));
  });

  it('ends a path that goes on behind it', () => {
    expect(read({ requestParameters: null }, 'requestParameters.userName')).toBeUndefined();
    expect(read({ requestParameters: 'HIDDEN_DUE_TO_SECURITY_REASONS' }, 'requestParameters.userName')).toBeUndefined();
    expect(read({ requestParameters: [] }, 'requestParameters.userName')).toBeUndefined();
  });
});

describe('a path through lists', () => {
  it('finds the field of every item, in their order', () => {
    const record = { items: [{ port: 22 }, { port: 443 }, {}, { port: null }, 'text', 7, { port: 22 }] };
    expect(read(record, 'items.port')).toEqual([22, 443, 22]);
  });

  it('finds one list where a path meets several', () => {
    const record = {
      permissions: {
        items: [{ ranges: { items: [{ cidr: 'a' }, { cidr: 'b' }] } }, { ranges: { items: [{ cidr: 'c' }] } }],
      },
    };
    expect(read(record, 'permissions.items.ranges.items.cidr')).toEqual(['a', 'b', 'c']);
  });

  it('finds one list where lists hold lists', () => {
    expect(read({ field: [[1, [2]], [[[3]]], 4] }, 'field')).toEqual([1, 2, 3, 4]);
    expect(read({ field: [[{ a: [1] }], [{ a: [[2]] }]] }, 'field.a')).toEqual([1, 2]);
  });

  it('finds a list even where there is one value, so that a rule sees that there could be more', () => {
    expect(read({ items: [{ port: 22 }] }, 'items.port')).toEqual([22]);
    expect(read([{ port: 22 }], 'port')).toEqual([22]);
  });

  it('keeps the objects of a list for anyItem', () => {
    expect(read({ items: [{ a: 1 }, {}, { b: 2 }] }, 'items')).toEqual([{ a: 1 }, { b: 2 }]);
  });
});

describe('a path through JSON in a text', () => {
  const document = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Action: ['iam:*', 's3:*'] },
      { Effect: 'Allow', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    ],
  };

  it.each(Object.entries(spellings))('finds the same %s', (_, encode) => {
    const record = { requestParameters: { policyDocument: encode(document) } };
    expect(read(record, 'requestParameters.policyDocument.Version')).toBe('2012-10-17');
    expect(read(record, 'requestParameters.policyDocument.Statement.Effect')).toEqual(['Deny', 'Allow']);
    expect(read(record, 'requestParameters.policyDocument.Statement.Action')).toEqual(['iam:*', 's3:*', '*']);
    expect(read(record, 'requestParameters.policyDocument.Statement.Missing')).toBeUndefined();
    const inList = {
      policies: [{ document: encode(document) }, { document: 'none' }, { document: encode({ Version: 'b' }) }],
    };
    expect(read(inList, 'policies.document.Version')).toEqual(['2012-10-17', 'b']);
  });

  it.each(Object.entries(encodings))('finds a document that is a list, %s', (_, encode) => {
    expect(read({ rules: encode([{ id: 'a' }, { id: 'b' }]) }, 'rules.id')).toEqual(['a', 'b']);
    expect(read({ rules: [encode([{ id: 'a' }]), encode([[{ id: 'b' }]])] }, 'rules.id')).toEqual(['a', 'b']);
  });

  it('finds JSON in JSON', () => {
    const inner = JSON.stringify({ Statement: { Action: '*' } });
    expect(read({ outer: JSON.stringify({ inner }) }, 'outer.inner.Statement.Action')).toBe('*');
    expect(read({ outer: JSON.stringify([{ inner }]) }, 'outer.inner.Statement.Action')).toEqual(['*']);
  });

  it('leaves the text a text where the path ends', () => {
    const text = JSON.stringify(document);
    expect(read({ policyDocument: text }, 'policyDocument')).toBe(text);
    expect(read({ policies: [text] }, 'policies')).toEqual([text]);
  });

  it.each([
    '{',
    '{"a":1',
    '{"a":1}}',
    '{a:1}',
    "{'a':1}",
    '[',
    '{"a":1}garbage',
    '%7B',
    '%7B%22a%22%3A1',
    '%7B%',
    '%7B%FF%7D',
    '%20null',
    '%20%22a%22',
    '"{\\"a\\":1}"',
    'null',
    'true',
    '1',
    '',
    ' ',
    '{}',
    '[]',
    '\ud800{"a":1}',
    '\u0000{"a":1}',
  ])('finds nothing in %j, and reads the next record as if it had not been', (text) => {
    expect(read({ field: text }, 'field.a')).toBeUndefined();
    expect(read({ field: [text, text] }, 'field.a')).toBeUndefined();
    expect(read({ field: text }, 'field.a')).toBeUndefined();
    expect(read({ field: '{"a":1}' }, 'field.a')).toBe(1);
    expect(read({ field: text }, 'field')).toBe(text);
  });

  it('does not mix up two documents that are read in turn', () => {
    const records = [{ field: '{"a":1}' }, { field: '{"a":2}' }, { field: '{"a":' }, { field: '%7B%22a%22%3A3%7D' }];
    const found = [...records, ...records].map((record) => read(record, 'field.a'));
    expect(found).toEqual([1, 2, undefined, 3, 1, 2, undefined, 3]);
  });
});

describe('a record made to do harm', () => {
  const nested = (levels: number, name: string, end: unknown): unknown => {
    let value = end;
    for (let level = 0; level < levels; level++) value = { [name]: value };
    return value;
  };

  it('of 200 levels is read to its end', () => {
    const path = Array.from({ length: 200 }, () => 'a').join('.');
    expect(read(nested(200, 'a', 'end'), path)).toBe('end');
    expect(read({ field: JSON.stringify(nested(200, 'a', 'end')) }, `field.${path}`)).toBe('end');
    expect(read({ field: [nested(200, 'a', 'end')] }, `field.${path}`)).toEqual(['end']);
    expect(read(nested(199, 'a', 'end'), path)).toBeUndefined();
  });

  it('of 200 lists inside lists is followed 16 deep and no further', () => {
    const lists = (levels: number): unknown => parse(`${'['.repeat(levels)}"end"${']'.repeat(levels)}`);
    expect(read({ field: lists(16) }, 'field')).toEqual(['end']);
    expect(read({ field: lists(17) }, 'field')).toBeUndefined();
    expect(read({ field: lists(200) }, 'field')).toBeUndefined();
    expect(read({ field: [lists(200), 'end'] }, 'field')).toEqual(['end']);
  });

  it('of 100,000 levels, bare or in a text, ends nothing', () => {
    const open = '['.repeat(100_000);
    const close = ']'.repeat(100_000);
    for (const text of [
      `${open}${close}`,
      `${open}{"a":1}${close}`,
      open,
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    ]) {
      expect(read({ field: text }, 'field.b')).toBeUndefined();
      expect(read({ field: [text] }, 'field.b')).toBeUndefined();
      expect(read({ field: text }, 'field')).toBe(text);
    }
    expect(read({ field: parse(`${open}${close}`) }, 'field.a')).toBeUndefined();
    expect(read(nested(100_000, 'a', 'end'), 'a.a')).toBeTypeOf('object');
  });

  it('of texts within texts ends with the names of the path', () => {
    let text = '"end"';
    for (let level = 0; level < 12; level++) text = JSON.stringify({ a: parse(text) });
    expect(read({ field: text }, 'field.a')).toBeTypeOf('object');
    let layered = JSON.stringify({ a: 'end' });
    for (let level = 0; level < 6; level++) layered = JSON.stringify({ a: layered });
    expect(read({ field: layered }, 'field.a.a.a.a.a.a.a')).toBe('end');
    expect(read({ field: layered }, 'field.a.a.a.a.a.a.a.a')).toBeUndefined();
  });

  it('with texts of a megabyte is read in moments', () => {
    const megabyte = 1_000_000;
    const texts = [
      'a'.repeat(megabyte),
      ' '.repeat(megabyte),
      '%'.repeat(megabyte),
      '%7B'.repeat(megabyte / 4),
      '{'.repeat(megabyte),
      `{"a":"${'x'.repeat(megabyte)}"`,
      `{${'"a":1,'.repeat(megabyte / 6)}"a":1}`,
      JSON.stringify(Array.from({ length: megabyte / 8 }, (_, i) => ({ b: i % 10 }))),
    ];
    const started = Date.now();
    for (const text of texts) {
      for (let again = 0; again < 20; again++) read({ field: text, deeper: { field: [text] } }, 'field.c');
      expect(read({ field: text }, 'field')).toBe(text);
    }
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(read({ field: texts[6] }, 'field.a')).toBe(1);
    expect(read({ field: texts[7] }, 'field.b')).toHaveLength(megabyte / 8);
  });

  it('with a list of 200,000 items is read whole', () => {
    const items = Array.from({ length: 200_000 }, (_, i) => ({ id: i }));
    expect(read({ items }, 'items.id')).toHaveLength(200_000);
  });
});

describe('any JSON at all', () => {
  it('is read without an error, and never as a list within a list, an empty list, null or an empty object', () => {
    const names = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'length', '0');
    const path = fc.array(names, { minLength: 1, maxLength: 4 });
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(
          null,
          0,
          'text',
          '',
          true,
          '{"a":{"b":1}}',
          '%7B%22a%22%3A%5B1%2C%5B2%5D%5D%7D',
          '[{"a":1}',
          '{',
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
      ),
    })).value;
    fc.assert(
      fc.property(tree, path, (record, steps) => {
        const found = readField(record, steps);
        for (const value of Array.isArray(found) ? found : [found]) {
          expect(value === null || Array.isArray(value)).toBe(false);
          if (typeof value === 'object') expect(Object.keys(value as object)).not.toEqual([]);
        }
        expect(found).not.toEqual([]);
      }),
      { ...seeded, numRuns: 2000 },
    );
  });
});

describe('a field wanted as text', () => {
  it('is a text that is not empty, or nothing', () => {
    for (const value of [5, true, null, {}, [], ['a'], { a: 1 }, ''])
      expect(readText({ field: value }, 'field')).toBeUndefined();
    expect(readText({ field: 'a' }, 'field')).toBe('a');
  });

  it('is every text of a list that is not empty', () => {
    expect(readTexts({ field: ['a', 5, '', null, ['b'], { c: 1 }] }, 'field')).toEqual(['a', 'b']);
    expect(readTexts({ field: 'a' }, 'field')).toEqual(['a']);
    expect(readTexts({ field: 5 }, 'field')).toEqual([]);
    expect(readTexts({}, 'field')).toEqual([]);
  });
});
