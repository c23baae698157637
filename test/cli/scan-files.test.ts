import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deliveryOf } from '../../cli/batch.ts';
import { findLogFiles, type LogFile } from '../../cli/find-log-files.ts';
import { loadRules } from '../../cli/load-rules.ts';
import { readStream } from '../../cli/read-inputs.ts';
import { readRecords } from '../../cli/read-records.ts';
import { readWholeFile } from '../../cli/read-whole-file.ts';
import { scan } from '../../cli/scan.ts';
import { scanFiles } from '../../cli/scan-files.ts';
import { exampleRecord } from '../example-records.ts';
import { temporaryFolder } from './terminal.ts';

const fileAt = (path: string): LogFile => ({ kind: 'file', path, bytes: statSync(path).size });

const content = loadRules('rules');
const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
};

/** Files of many sizes and some that are damaged, whose records say in what order they come. */
const manyFiles = (): string => {
  const folder = temporaryFolder();
  for (let file = 0; file < 40; file++) {
    const count = [1, 700, 3, 9_000, 0, 40][file % 6] ?? 1;
    const Records = Array.from({ length: count }, (_, index) =>
      exampleRecord({ eventID: `${file}-${index}`, ...(index % 50 === 0 ? {} : { errorCode: 'AccessDenied' }) }),
    );
    const bytes = gzipSync(JSON.stringify({ Records }));
    const name = join(folder, `${String(file).padStart(2, '0')}.json.gz`);
    if (file % 10 === 7) mkdirSync(name.replace('.json.gz', '.json'));
    writeFileSync(name, file % 10 === 9 ? bytes.subarray(0, bytes.length - 40) : bytes);
  }
  return folder;
};

describe('files scanned by threads', () => {
  it('give the batches that one thread gives, in the same order', async () => {
    const folder = manyFiles();
    const batchesOf = async (jobs: number) =>
      (await collect(scanFiles(findLogFiles(folder), content, jobs, 0))).map((batch) => ({
        ...batch,
        texts: Buffer.from(batch.texts).toString(),
      }));
    const one = await batchesOf(1);
    expect(one.reduce((sum, { ids }) => sum + ids.length, 0)).toBeGreaterThan(50_000);
    expect(one.flatMap(({ matched }) => matched).length).toBeGreaterThan(1_000);
    expect(one.flatMap(({ unreadable }) => unreadable).length).toBeGreaterThan(0);
    expect(await batchesOf(3)).toEqual(one);
  });

  it('end with their reader, however early it stops', async () => {
    const batches = scanFiles(findLogFiles(manyFiles()), content, 2, 0);
    const first = await batches.next();
    expect(first.done).toBe(false);
    await batches.return(undefined);
    expect((await batches.next()).done).toBe(true);
  });
});

describe('a file read in one go', () => {
  const record = JSON.stringify(exampleRecord());
  const log = JSON.stringify({ Records: [exampleRecord(), exampleRecord({ userAgent: 'größer \u{1F600}' })] });
  const withText = (text: string) => `{"Records":[${record},${text},${record},${record}]}`;
  const alike = JSON.stringify(exampleRecord({ requestParameters: { items: [exampleRecord(), exampleRecord()] } }));
  const letters = Array.from({ length: 400 }, (_, index) =>
    JSON.stringify(exampleRecord({ userAgent: index % 50 < 40 ? 'ü\u{1F600}'.repeat(index % 7) : 'ASCII' })),
  ).join(',');
  it.each<[string, string | Uint8Array]>([
    ['a log file', gzipSync(log)],
    ['a log file that is not packed', log],
    ['one that ends in a newline', `${log}\n`],
    ['JSON lines', `${record}\n${record}\n`],
    ['JSON lines without a last newline', gzipSync(`${record}\n${record}`)],
    ['a pretty-printed document', JSON.stringify(JSON.parse(log), null, 2)],
    ['a damaged line among good ones', `${record}\n{"event\n${record}\n`],
    ['several members of gzip', Buffer.concat([gzipSync(`${record}\n`), gzipSync(`${record}\n`)])],
    ['CRLF', `${record}\r\n${record}\r\n`],
    ['not JSON', 'hello'],
    ['JSON of another kind', '[1, "two", null]'],
    ['a log file of records that hold lists of records', withText(alike)],
    ['one whose texts look like the end of a record', withText(JSON.stringify(exampleRecord({ userAgent: record })))],
    ['one with values that are no records', withText('1,{},null,[{"eventVersion":1}],{"eventVersion":[]}')],
    ['one with the records of another between its own', withText(log)],
    ['one of 300 KB, with letters all over it', withText(letters)],
    ['one of 300 KB that looks odd at its end', withText(`${letters},${alike}`)],
    ['one with a damaged record', withText(record.replace(/:/, ''))],
    ['one with a damaged last record', withText(record).replace(/"}]}$/, ']}')],
    ['one with a comma too many', withText(`${record},`)],
    ['one that lacks a comma', withText(`${record}${record}`)],
    ['one with more behind its records', `${log.slice(0, -1)},"Records":[${record}]}`],
    ['one with more before its records', `{"a":[${record}],${log.slice(1)}`],
    [
      'one with the same key twice',
      `{"Records":[{"eventVersion":"0","eventVersion":"1"},${log.slice('{"Records":['.length)}`,
    ],
    ['one with its records in quotes', JSON.stringify({ Records: [log] })],
    ['two after each other in a line', `${log}${log}`],
    ['an empty log file', '{"Records":[]}'],
    ['one of an empty record', '{"Records":[{}]}'],
    ['spaces between records', withText(` ${record} `)],
    ['a very long key', `{"Records":[{"${'k'.repeat(100)}":1}]}`],
  ])('%s: as streamed', async (_, text) => {
    const path = join(temporaryFolder(), 'file.json');
    const bytes = Buffer.from(text);
    writeFileSync(path, bytes);
    const streamed = await collect(readRecords(readStream(Readable.from([bytes]), path)));
    const file = fileAt(path);
    expect(readWholeFile(file)).toBeDefined();
    const batches = await collect(scan([file], { match: () => ({ rules: content.rules, failures: [] }) }));
    const whole = batches.flatMap((batch) => [
      ...batch.matched.map((match) => ({ place: match.place, ...deliveryOf(match, batch) })),
      ...batch.skipped,
      ...batch.unreadable,
    ]);
    const records = streamed.flatMap((item) =>
      item.kind === 'delivery' ? [{ place: item.place, ...item.delivery }] : [],
    );
    const skipped = streamed.flatMap(({ kind, ...item }) => (kind === 'skipped' ? [item] : []));
    const unreadable = streamed.flatMap((item) =>
      item.kind === 'unreadable' ? [{ place: item.place, message: item.error.message }] : [],
    );
    expect(whole).toEqual([...records, ...skipped, ...unreadable]);
    expect(batches.reduce((sum, { ids }) => sum + ids.length, 0)).toBe(records.length);
  });

  it.each<[string, Uint8Array]>([
    ['gzip that broke off', gzipSync(log).subarray(0, 100)],
    ['gzip whose trailer lies about the size', Buffer.concat([gzipSync('x'.repeat(65 * 1024 * 1024))])],
    ['an empty file', Buffer.from('')],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
    ['a byte order mark', Buffer.from(`\ufeff${log}`)],
  ])('%s: left to the stream', (_, bytes) => {
    const path = join(temporaryFolder(), 'file.json');
    writeFileSync(path, bytes);
    expect(readWholeFile(fileAt(path))).toBeUndefined();
  });

  it('is not a folder, a missing file or a pipe', () => {
    expect(readWholeFile(fileAt(temporaryFolder()))).toBeUndefined();
    expect(readWholeFile({ kind: 'file', path: join(temporaryFolder(), 'missing.json'), bytes: 9 })).toBeUndefined();
    expect(readWholeFile(fileAt('/dev/null'))).toBeUndefined();
  });

  it.each([
    ['grown', `${log}\n${log}`],
    ['shrunk', log.slice(0, 100)],
  ])('is no file that has %s since it was found', (_, text) => {
    const path = join(temporaryFolder(), 'file.json');
    writeFileSync(path, log);
    const file = fileAt(path);
    writeFileSync(path, text);
    expect(readWholeFile(file)).toBeUndefined();
  });
});
