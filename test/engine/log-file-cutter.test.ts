import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogFileCutter } from '../../engine/log-file-cutter.ts';
import { exampleRecord } from '../example-records.ts';

const encoder = new TextEncoder();

/** Cuts a text whose bytes come in pieces of these sizes, again and again. */
const cut = (text: string, sizes: readonly number[]): readonly unknown[] => {
  const bytes = encoder.encode(text);
  const cutter = createLogFileCutter();
  const values: unknown[] = [];
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? bytes.length;
    values.push(...cutter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  cutter.end();
  return values;
};

/** What a cutter gives before it throws, and what that is. */
const cutDamaged = (text: string): { readonly values: readonly unknown[]; readonly error: unknown } => {
  const cutter = createLogFileCutter();
  const values: unknown[] = [];
  try {
    for (const value of cutter.push(encoder.encode(text))) values.push(value);
    cutter.end();
  } catch (error) {
    return { values, error };
  }
  return { values, error: undefined };
};

describe('the cutter of log files', () => {
  it('gives what JSON.parse gives, wherever the pieces end', () => {
    const records = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()));
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(records, sizes, fc.constantFrom(undefined, 2), (Records, pieces, indent) => {
        const text = JSON.stringify({ Records }, undefined, indent);
        expect(cut(text, pieces)).toEqual(JSON.parse(text).Records);
      }),
    );
  });

  it('is not misled by text of an attacker that looks like the end of a record', () => {
    const userAgent = '"}]}},{"eventVersion":"1.08"\\';
    expect(cut(JSON.stringify({ Records: [exampleRecord({ userAgent })] }), [7])).toEqual([
      exampleRecord({ userAgent }),
    ]);
  });

  it('keeps a record, not the file: bytes that a stream uses again do not change it', () => {
    const bytes = encoder.encode('{"Records":[{"a":1');
    const cutter = createLogFileCutter();
    expect([...cutter.push(bytes)]).toEqual([]);
    bytes.fill(0);
    expect([...cutter.push(encoder.encode('23}]}'))]).toEqual([{ a: 123 }]);
  });

  it.each([
    ['broken off in a record', '{"Records":[{"a":1},{"b":', 'broken off after 1 records'],
    ['broken off between records', '{"Records":[{"a":1}', 'broken off after 1 records'],
    ['broken off at its end', '{"Records":[{"a":1}]', 'broken off after 1 records'],
    ['a record that is not JSON', '{"Records":[{"a":1},{"b":nothing}]}', 'after 1 records'],
    ['a value that is no record', '{"Records":[{"a":1},2]}', '"2" where no record begins after 1 records'],
    ['two commas', '{"Records":[{"a":1},,{"b":2}]}', '"," where no record begins after 1 records'],
    ['more behind its end', '{"Records":[{"a":1}]}{"Records":[]}', '"{" where no record begins after 1 records'],
  ])('gives what comes before the damage: %s', (_, text, message) => {
    const { values, error } = cutDamaged(text);
    expect(values).toEqual([{ a: 1 }]);
    expect(error).toMatchObject({ code: 'EVENT_DAMAGED', message: expect.stringContaining(message) });
  });

  it.each(['', '{"Records":'])('takes %j for a file that broke off', (text) => {
    expect(cutDamaged(text).error).toMatchObject({ code: 'EVENT_DAMAGED', message: 'broken off after 0 records' });
  });

  it.each(['{"digestStartTime":"2026-10-14T08:00:00Z"}', '[{"a":1}]', 'hello'])(
    'does not take %j for a log file',
    (text) => {
      expect(cutDamaged(text).error).toMatchObject({ code: 'EVENT_NOT_CLOUDTRAIL' });
    },
  );

  it('does not keep a record without end, which is how a gzip bomb would fill the memory', () => {
    const cutter = createLogFileCutter();
    expect([...cutter.push(encoder.encode('{"Records":[{"a":"'))]).toEqual([]);
    const mebibyte = new Uint8Array(1 << 20).fill(0x61);
    expect(() => {
      for (let count = 0; count < 9; count++) Array.from(cutter.push(mebibyte));
    }).toThrow('a record of more than 8 MiB after 0 records');
  });
});
