import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readInputs, readStream } from '../../cli/read-inputs.ts';
import { type Item, readRecords } from '../../cli/read-records.ts';
import { exampleRecord } from '../example-records.ts';
import { temporaryFolder } from './terminal.ts';

const record = (eventID: string) => exampleRecord({ eventID });
const line = (eventID: string): string => `${JSON.stringify(record(eventID))}\n`;
const logFile = (...ids: readonly string[]): string => JSON.stringify({ Records: ids.map(record) });
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

type Files = Readonly<Record<string, string | Uint8Array>>;

const folderOf = (files: Files): string => {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
};

/** What was read, in order: the ids of records, `skipped <place>: <reason>` and `<place>: <problem>`. */
const summarise = async (items: AsyncIterable<Item>, root = ''): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const item of items) {
    const place = item.place.replace(`${root}/`, '');
    if (item.kind === 'delivery') lines.push(String(item.delivery.record.eventID));
    else if (item.kind === 'skipped') lines.push(`skipped ${place}: ${item.reason}`);
    else lines.push(`${place}: ${item.error.message.replaceAll(`${root}/`, '')}`);
  }
  return lines;
};

const read = (folder: string, ...names: readonly string[]): Promise<readonly string[]> =>
  summarise(readRecords(readInputs(names.length === 0 ? [folder] : names.map((name) => join(folder, name)))), folder);

/** Reads bytes as they come from a pipe, in chunks of a size. */
const readBytes = (bytes: string | Uint8Array, size = 7): Promise<readonly string[]> => {
  const all = Buffer.from(bytes);
  const chunks = (async function* (): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < all.length; from += size) yield all.subarray(from, from + size);
  })();
  return summarise(readRecords(readStream(chunks, 'stdin')));
};

describe('paths', () => {
  it('reads a folder as CloudTrail lays it out in S3, by name', async () => {
    const at = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/14';
    const folder = folderOf({
      [`${at}/b.json.gz`]: gzipSync(logFile('3')),
      [`${at}/a.json.gz`]: gzipSync(logFile('1', '2')),
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/d.json.gz': gzipSync(
        pretty({ awsAccountId: '111122223333', digestStartTime: '2026-10-14T08:00:00Z', logFiles: [] }),
      ),
    });
    expect(await read(folder)).toEqual([
      '1',
      '2',
      '3',
      'skipped AWSLogs/111122223333/CloudTrail-Digest/us-east-1/d.json.gz: CloudTrail digest',
    ]);
  });

  it('reads files and folders in the order they are named', async () => {
    const folder = folderOf({ 'one.json': logFile('1'), 'logs/two.jsonl': line('2'), 'three.json': logFile('3') });
    expect(await read(folder, 'three.json', 'logs', 'one.json')).toEqual(['3', '2', '1']);
  });

  it('takes only log files out of a folder, and any file that is named itself', async () => {
    const folder = folderOf({
      'a.json': logFile('1'),
      'b.NDJSON': line('2'),
      'readme.md': '# no log',
      'c.log': line('3'),
    });
    expect(await read(folder)).toEqual(['1', '2']);
    expect(await read(folder, 'c.log')).toEqual(['3']);
  });

  it('tells what a file is by its content, not by its name', async () => {
    const folder = folderOf({
      '1.json': gzipSync(logFile('gzip named json')),
      '2.json.gz': logFile('json named gzip'),
      '3.jsonl': logFile('log file named jsonl'),
      '4.json': `${line('lines')}${line('named json')}`,
      '5.jsonl.gz': gzipSync(`${line('gzipped')}${line('lines')}`),
    });
    expect(await read(folder)).toEqual([
      'gzip named json',
      'json named gzip',
      'log file named jsonl',
      'lines',
      'named json',
      'gzipped',
      'lines',
    ]);
  });

  it('reads a folder that is named like a file', async () => {
    const folder = folderOf({ 'x.json/inner.json': logFile('1') });
    expect(await read(folder)).toEqual(['1']);
  });

  it('names a path that is not there, and goes on', async () => {
    const folder = folderOf({ 'a.json': logFile('1') });
    expect(await read(folder, 'missing', 'a.json')).toEqual([expect.stringMatching(/^missing: ENOENT/), '1']);
  });

  it('says of a folder without log files what it looked for', async () => {
    const folder = folderOf({ 'notes.txt': '' });
    expect(await read(folder)).toEqual([
      `${folder}: no file in it ends in .json, .jsonl or .ndjson, with or without .gz`,
    ]);
  });

  it('follows links, and names those that lead nowhere or in a circle', async () => {
    const folder = folderOf({ 'logs/a.json': logFile('1'), 'elsewhere/b.json': logFile('2') });
    symlinkSync(join(folder, 'logs'), join(folder, 'logs/circle'));
    symlinkSync(join(folder, 'elsewhere/b.json'), join(folder, 'logs/linked.json'));
    symlinkSync(join(folder, 'gone.json'), join(folder, 'logs/dangling.json'));
    symlinkSync(join(folder, 'logs/self.json'), join(folder, 'logs/self.json'));
    expect(await read(folder, 'logs')).toEqual([
      '1',
      expect.stringMatching(/^logs\/dangling\.json: ENOENT/),
      '2',
      expect.stringMatching(/^logs\/self\.json: ELOOP/),
      'logs/circle: a link to logs, which is read already',
    ]);
  });

  it('leaves pipes in a folder alone: nobody may ever write into them', async () => {
    const folder = folderOf({ 'a.json': logFile('1') });
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    expect(await read(folder)).toEqual(['1']);
  });
});

describe('gzip', () => {
  const ids = Array.from({ length: 200 }, (_, index) => `record-${index}`);
  /** Texts that do not pack well, so that a cut at half of the bytes is a cut at half of the records. */
  const packed = (text: string): Buffer => gzipSync(text, { level: 1 });

  it.each([1, 7, 100_000])('reads any number of members in chunks of %i bytes', async (size) => {
    const members = Buffer.concat([gzipSync(line('1')), gzipSync(line('2')), gzipSync(logFile('3'))]);
    expect(await readBytes(members, size)).toEqual(['1', '2', '3']);
  });

  it.each([1, 7, 100_000])('ignores zeros behind the end, in chunks of %i bytes', async (size) => {
    expect(await readBytes(Buffer.concat([gzipSync(line('1')), Buffer.alloc(512)]), size)).toEqual(['1']);
  });

  it('keeps what is in front of other bytes behind the end, and names those', async () => {
    const found = await readBytes(Buffer.concat([gzipSync(line('1')), Buffer.from('garbage')]));
    expect(found).toEqual(['1', expect.stringMatching(/^stdin: incorrect header check/)]);
  });

  it.each([
    ['a log file', logFile(...ids)],
    ['lines', ids.map(line).join('')],
    ['a pretty-printed log file', pretty({ Records: ids.map(record) })],
  ])('of %s that broke off: what is complete counts, and the damage is named once', async (_, text) => {
    const bytes = packed(text);
    const found = await readBytes(bytes.subarray(0, bytes.length / 2), 1_000);
    const complete = found.slice(0, -1);
    expect(complete).toEqual(ids.slice(0, complete.length));
    expect(complete.length).toBeGreaterThan(20);
    expect(complete.length).toBeLessThan(ids.length);
    expect(found.at(-1)).toBe('stdin: unexpected end of file');
  });

  it.each([
    ['a log file', logFile('1', '2')],
    ['lines', `${line('1')}${line('2')}`],
    ['lines without a newline at the end', `${line('1')}${line('2')}`.trimEnd()],
    ['a pretty-printed log file', pretty({ Records: [record('1'), record('2')] })],
    ['a pretty-printed list', pretty([record('1'), record('2')])],
  ])('of %s that lost its checksum: all records count', async (_, text) => {
    expect(await readBytes(gzipSync(text).subarray(0, -8))).toEqual(['1', '2', 'stdin: unexpected end of file']);
  });

  it('of one record that lost its checksum: the record counts', async () => {
    for (const text of [JSON.stringify(record('1')), pretty(record('1'))]) {
      expect(await readBytes(gzipSync(text).subarray(0, -4))).toEqual(['1', 'stdin: unexpected end of file']);
    }
  });

  it('names data that is damaged in the middle', async () => {
    const bytes = packed(ids.map(line).join(''));
    const middle = bytes.length >> 1;
    bytes.fill(0xff, middle, middle + 64);
    const found = await readBytes(bytes, 100);
    expect(found.length).toBeGreaterThan(10);
    expect(found.slice(0, 5)).toEqual(ids.slice(0, 5));
    expect(found.at(-1)).toMatch(/^stdin: /);
  });

  it('is damage where there is nothing but the first two bytes', async () => {
    expect(await readBytes(Buffer.from([0x1f, 0x8b]))).toEqual(['stdin: unexpected end of file']);
  });

  it('of one file that is damaged hides no other file', async () => {
    const folder = folderOf({
      'a.json.gz': gzipSync(logFile('1')).subarray(0, 40),
      'b.json': logFile('2'),
    });
    expect(await read(folder)).toEqual(['a.json.gz: unexpected end of file', '2']);
  });
});

describe('text', () => {
  it.each([1, 5, 100_000])('reads lines in chunks of %i bytes, wherever characters are cut', async (size) => {
    expect(await readBytes(`${line('ä')}${line('💥')}`, size)).toEqual(['ä', '💥']);
  });

  it('takes the last line without a newline, Windows line ends and empty lines', async () => {
    const text = `${line('1')}\r\n\n  \n${line('2').trimEnd()}\r\n${line('3').trimEnd()}`;
    expect(await readBytes(text)).toEqual(['1', '2', '3']);
  });

  it('takes a byte order mark for what it is, in UTF-8 and UTF-16 of either order', async () => {
    const text = `${line('ä')}${line('2')}`;
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    expect(await readBytes(`\uFEFF${text}`)).toEqual(['ä', '2']);
    for (const size of [1, 3, 1_000]) {
      expect(await readBytes(little, size)).toEqual(['ä', '2']);
      expect(await readBytes(Buffer.from(little).swap16(), size)).toEqual(['ä', '2']);
    }
  });

  it.each([
    ['a log file', { Records: [record('1'), record('2')] }, ['1', '2']],
    ['a list', [record('1'), record('2')], ['1', '2']],
    ['one record', record('1'), ['1']],
    ['LookupEvents output', { Events: [{ CloudTrailEvent: JSON.stringify(record('1')) }] }, ['1']],
  ])('reads %s over several lines as one document', async (_, value, expected) => {
    expect(await readBytes(pretty(value))).toEqual(expected);
    expect(await readBytes(`\uFEFF${pretty(value).replaceAll('\n', '\r\n')}\r\n`)).toEqual(expected);
  });

  it.each([1, 5, 100_000])(
    'reads log files after each other, as zcat gives them, in chunks of %i bytes',
    async (size) => {
      const files = `${logFile('ä', '2')}${logFile('3')} ${line('4').trimEnd()}${line('5')}${line('6')}`;
      expect(await readBytes(files, size)).toEqual(['ä', '2', '3', '4', '5', '6']);
    },
  );

  it('names what is damaged in a row of log files by line and column, and reads the others', async () => {
    const good = logFile('1');
    const found = await readBytes(`${good}{"Records":[broken]}${logFile('2')}\n${line('3')}`);
    expect(found).toEqual(['1', expect.stringMatching(new RegExp(`^stdin:1:${good.length + 1}: not JSON`)), '2', '3']);
    const other = await readBytes(`${good}{"orders":[]}`);
    expect(other[1]).toMatch(`stdin:1:${good.length + 1}: JSON that is not from CloudTrail`);
  });

  it('reads what is complete where a row of log files breaks off, with gzip and without', async () => {
    const row = `${logFile('1')}${logFile('2', '3', 'cut')}`;
    const cut = await readBytes(row.slice(0, -100));
    expect(cut).toEqual(['1', '2', '3', expect.stringMatching(/^stdin:1:\d+: not JSON/)]);
    const members = Buffer.concat([gzipSync(logFile('1')), gzipSync(logFile('2')).subarray(0, -8)]);
    expect(await readBytes(members)).toEqual(['1', '2', 'stdin: unexpected end of file']);
  });

  it('reads more log files after each other than fit into memory as one line', async () => {
    const file = logFile('x'.repeat(1_000_000));
    const chunks = (async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 80; count++) yield Buffer.from(file);
    })();
    let records = 0;
    for await (const item of readRecords(readStream(chunks, 'stdin'))) {
      if (item.kind === 'unreadable') throw item.error;
      records += 1;
    }
    expect(records).toBe(80);
  });

  it('reads values that are each printed over several lines, as jq gives them', async () => {
    const text = ['1', '2', '3'].map((id) => `${pretty(record(id))}\n`).join('');
    expect(await readBytes(text)).toEqual(['1', '2', '3']);
    expect(await readBytes(`${text}${line('4')}${line('5')}`)).toEqual(['1', '2', '3', '4', '5']);
    const lines = pretty(record('1')).split('\n').length;
    expect(await readBytes(`${pretty(record('1'))}\n${pretty({ orders: [1] })}\n`)).toEqual([
      '1',
      `stdin:${lines + 1}: JSON that is not from CloudTrail (keys "orders")`,
    ]);
  });

  it('has the first of them before the last comes', async () => {
    const chunks = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${pretty(record('1'))}\n`);
      await new Promise(() => undefined);
    })();
    const { value } = await readRecords(readStream(chunks, 'stdin')).next();
    expect(value).toMatchObject({ kind: 'delivery', delivery: { record: { eventID: '1' } } });
  });

  it('reads a document that is not indented', async () => {
    const text = pretty({ Records: [record('1'), record('2')] }).replaceAll(/^ +/gm, '');
    expect(await readBytes(text)).toEqual(['1', '2']);
  });

  it('names a damaged line among good ones, and reads the rest', async () => {
    const found = await readBytes(`${line('1')}{"eventSource": broken}\n${line('2')}`);
    expect(found).toEqual(['1', expect.stringMatching(/^stdin:2: not JSON: Unexpected token/), '2']);
  });

  it('names a damaged line in front of good ones, and reads the rest', async () => {
    const found = await readBytes(`{"eventSource": broken}\n${line('1')}${line('2')}also broken\n`);
    expect(found).toEqual([
      expect.stringMatching(/^stdin:1: not JSON/),
      '1',
      '2',
      expect.stringMatching(/^stdin:4: not JSON/),
    ]);
  });

  it('reads what is complete of a log file that broke off', async () => {
    const text = logFile('1', 'with \\" quote ] and }', '3');
    const found = await readBytes(text.slice(0, -200));
    expect(found).toEqual(['1', 'with \\" quote ] and }', expect.stringMatching(/^stdin: not JSON/)]);
  });

  it('reads what is complete of a pretty-printed log file that broke off', async () => {
    const found = await readBytes(pretty({ Records: [record('1'), record('2')] }).slice(0, -200));
    expect(found).toEqual(['1', expect.stringMatching(/^stdin: not JSON/)]);
  });

  it('names JSON that is not from CloudTrail by its keys, once, however long it is', async () => {
    const other = { name: 'a package', version: '1.0.0', scripts: {} };
    const expected = ['stdin: JSON that is not from CloudTrail (keys "name", "version", "scripts")'];
    expect(await readBytes(pretty(other))).toEqual(expected);
    expect(await readBytes(`${JSON.stringify(other)}\n${line('2')}`)).toEqual([
      'stdin:1: JSON that is not from CloudTrail (keys "name", "version", "scripts")',
      '2',
    ]);
  });

  it.each(['1', 'null', '"text"', 'true', '[1]'])('takes %s for no record', async (text) => {
    expect(await readBytes(text)).toEqual([expect.stringMatching(/^stdin:1.*: expected a JSON object, found/)]);
  });

  it('names a file that is not JSON at all', async () => {
    const folder = folderOf({ 'a.json': 'not json\nin two lines\n', 'b.json': logFile('2') });
    expect(await read(folder)).toEqual([expect.stringMatching(/^a\.json: not JSON/), '2']);
  });

  it.each([
    ['nothing', ''],
    ['blank lines', '\n \r\n'],
    ['gzipped nothing', gzipSync('')],
  ])('calls a file of %s empty', async (_, content) => {
    const folder = folderOf({ 'a.json': content, 'b.json': logFile('2') });
    expect(await read(folder)).toEqual(['a.json: empty', '2']);
  });

  it('gives each element of a list its place', async () => {
    expect(await readBytes(`${line('1')}{"Records":[{"no":"record"}]}`)).toEqual([
      '1',
      'stdin:2.Records[0]: JSON that is not from CloudTrail (keys "no")',
    ]);
  });

  it('keeps bytes whose buffer is used again for the next chunk', async () => {
    const text = Buffer.from(`${line('1')}${line('2')}`);
    const buffer = Buffer.alloc(16);
    const chunks = (async function* (): AsyncGenerator<Uint8Array> {
      for (let from = 0; from < text.length; from += buffer.length) {
        const length = text.copy(buffer, 0, from, from + buffer.length);
        yield buffer.subarray(0, length);
      }
    })();
    expect(await summarise(readRecords(readStream(chunks, 'stdin')))).toEqual(['1', '2']);
  });

  it('names a stream that breaks, and keeps what it brought', async () => {
    const chunks = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(line('1'));
      throw new Error('read ECONNRESET');
    })();
    expect(await summarise(readRecords(readStream(chunks, 'body')))).toEqual(['1', 'body: read ECONNRESET']);
  });
});
