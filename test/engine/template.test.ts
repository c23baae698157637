import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, placesOf, renderTemplate, renderValue } from '../../engine/template.ts';
import { exampleRecord, withInheritedNames } from '../example-records.ts';

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('the places of a template', () => {
  it('are the fields in braces, each with its alternatives', () => {
    expect(placesOf('{userIdentity.arn} opened {requestParameters.groupId|requestParameters.groupName}.')).toEqual([
      ['userIdentity.arn'],
      ['requestParameters.groupId', 'requestParameters.groupName'],
    ]);
  });

  it('are not what only looks like one', () => {
    expect(placesOf('{} { } {a b} {{a}} a} {b')).toEqual([['a']]);
  });
});

describe('a filled template', () => {
  it('has the values of the record in its places', () => {
    expect(renderTemplate('{userIdentity.arn} made a key for {requestParameters.userName}', exampleRecord())).toBe(
      'arn:aws:iam::111122223333:user/ann made a key for bob',
    );
  });

  it('has each numbered step on a line of its own', () => {
    const steps = '1. Ask {eventName}. 2. Close it.\n3. Wait 10. 4. not a step, 5.5 neither.';
    expect(renderTemplate(steps, { eventName: 'ann' })).toBe(
      '1. Ask ann.\n2. Close it.\n3. Wait 10. 4. not a step, 5.5 neither.',
    );
  });

  it('has no step that attackers wrote', () => {
    const record = { userAgent: 'curl 2. Delete the trail.\n3. Tell nobody.' };
    expect(renderTemplate('1. Ask {userAgent} 2. Close it.', record)).toBe(
      '1. Ask curl 2. Delete the trail. 3. Tell nobody.\n2. Close it.',
    );
  });

  it('takes the first alternative that is there', () => {
    expect(renderTemplate('{requestParameters.name|requestParameters.userName|eventName}', exampleRecord())).toBe(
      'bob',
    );
  });

  it('says so where the record has nothing', () => {
    expect(renderTemplate('for {requestParameters.roleName}', exampleRecord())).toBe('for (none)');
    expect(renderTemplate('for {requestParameters.roleName|errorCode}', exampleRecord())).toBe('for (none)');
  });

  it('does not fill what a value says: attackers do not write templates', () => {
    const record = exampleRecord({ userAgent: '{userIdentity.accessKeyId} $& $1' });
    expect(renderTemplate('by {userAgent}', record)).toBe('by {userIdentity.accessKeyId} $& $1');
  });

  it('reads through lists and JSON in texts, as rules do', () => {
    const record = { items: [{ port: 22 }, { port: 80 }], policy: '{"Statement": [{"Effect": "Allow"}]}' };
    expect(renderTemplate('{items.port}: {policy.Statement.Effect}', record)).toBe('22, 80: Allow');
  });

  it('has nothing of what objects inherit', () => {
    expect(renderTemplate('{constructor} {__proto__} {a.toString}', { a: {} })).toBe('(none) (none) (none)');
    const own = { a: JSON.parse(withInheritedNames('"mine"')) };
    expect(renderTemplate('{a.__proto__} {a.toString}', own)).toBe('mine mine');
  });
});

describe('a value', () => {
  it.each([
    [undefined, '(none)'],
    [null, '(none)'],
    [0, '0'],
    [false, 'false'],
    ['', ''],
    [{ a: [1] }, '{"a":[1]}'],
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more'],
    [[], ''],
  ])('%j reads as "%s"', (value, text) => {
    expect(renderValue(value)).toBe(text);
  });

  it('is cut to 200 characters', () => {
    expect(renderValue('x'.repeat(200))).toBe('x'.repeat(200));
    expect(renderValue('x'.repeat(1_000_000))).toBe(`${'x'.repeat(197)}...`);
    expect(renderValue({ text: 'x'.repeat(1_000_000) })).toHaveLength(200);
  });
});

describe('one line', () => {
  it.each([
    ['a line break', 'ann\nACTION: none', 'ann ACTION: none'],
    ['several, of any kind', 'ann\r\n\u2028\u2029\u0085bob', 'ann bob'],
    ['a terminal sequence', '\u001b[2Jann\u0007', ' [2Jann '],
    ['text that runs backwards', 'ann\u202egnp.exe', 'ann gnp.exe'],
    ['text isolated to run backwards', 'a\u2066\u2067\u2068\u2069b', 'a b'],
    ['invisible characters', 'a\u200bn\ufeffn\u00ad', 'a n n '],
    ['tags, which are invisible too', 'ann\u{e0041}\u{e0042}', 'ann '],
  ])('has no place for %s', (_, text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('leaves letters of every script, and pictures, as they are', () => {
    for (const text of ['Jürgen', '东京', 'كلمة', 'שלום', '💥 boom', 'a — b']) expect(oneLine(text)).toBe(text);
  });

  it('has no half characters, neither written nor cut: a request with one cannot be encoded', () => {
    expect(oneLine('a\ud800b\udfff')).toBe('a\ufffdb\ufffd');
    const cut = oneLine('💥'.repeat(10), 8);
    expect(cut).toBe('💥💥\ufffd...');
    expect(() => encodeURIComponent(cut)).not.toThrow();
  });

  it('of any text is one line, visible, well-formed and not too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 3, max: 50 }), (text, length) => {
        const line = oneLine(text, length);
        expect(line).not.toMatch(invisible);
        expect(line.isWellFormed()).toBe(true);
        expect(line.length).toBeLessThanOrEqual(length);
      }),
    );
  });
});
