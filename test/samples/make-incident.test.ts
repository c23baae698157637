import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressFile } from '../../samples/cloudtrail/log-files.ts';
import type { SampleRecord } from '../../samples/cloudtrail/record.ts';
import { makeIncident } from '../../samples/make-incident.ts';
import { recordShape } from './record-shape.ts';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));
const SLOT = 300_000;
const INTRUDER = ['203.0.113.77', '2001:db8:66::9'];

const files = makeIncident();
const copies = files.flatMap(({ key, records }) => records.map((record) => ({ key, record })));
const byId = Map.groupBy(copies, ({ record }) => record.eventID);
const records: SampleRecord[] = [...byId.values()].map(([first]) => first!.record);
const repeated = [...byId.values()].filter((group) => group.length > 1);
const attack = records.filter((record) => INTRUDER.includes(String(record.sourceIPAddress)));

const slotEnd = (key: string): number => {
  const [, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(key) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
};

describe('the committed files', () => {
  const folder = join(samples, 'incident');
  const committed = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.gz'))
    .map((name) => ({ key: name.replaceAll('\\', '/'), bytes: readFileSync(join(folder, name)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

  it('hold what the script makes', () => {
    expect(committed.map(({ key, bytes }) => ({ key, ...JSON.parse(gunzipSync(bytes).toString('utf8')) }))).toEqual(
      files.map(({ key, records: Records }) => ({ key, Records })),
    );
  });

  it('stay below 250 KB', () => {
    expect(committed.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(250_000);
  });

  it('are packed to the same bytes each time, without time or system in the header', () => {
    for (const [index, file] of makeIncident().entries()) {
      const bytes = compressFile(file);
      expect(bytes.equals(compressFile(files[index]!)), file.key).toBe(true);
      expect([...bytes.subarray(0, 10)], file.key).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }
  });
});

describe('the layout', () => {
  it('is that of CloudTrail in S3, one file for a region and a time', () => {
    const layout =
      /^AWSLogs\/111122223333\/CloudTrail\/([a-z0-9-]+)\/2026\/10\/14\/111122223333_CloudTrail_\1_20261014T\d\d[0-5][05]Z_[A-Za-z0-9]{16}\.json\.gz$/;
    for (const { key, records: content } of files) {
      expect(key).toMatch(layout);
      expect(new Set(content.map(({ awsRegion }) => awsRegion)), key).toEqual(new Set([layout.exec(key)?.[1]]));
    }
    expect(new Set(files.map(({ key }) => key.replace(/_[A-Za-z0-9]{16}\.json\.gz$/, ''))).size).toBe(files.length);
  });

  it('puts every record into the five minutes of its file', () => {
    const firsts = [...byId.values()].map((group) => group[0]!);
    for (const { key, record } of firsts) {
      const time = Date.parse(record.eventTime);
      expect(time, `${record.eventTime} in ${key}`).toBeGreaterThanOrEqual(slotEnd(key) - SLOT);
      expect(time, `${record.eventTime} in ${key}`).toBeLessThan(slotEnd(key));
    }
  });
});

describe('the records', () => {
  it('are about 2,000', () => {
    expect(records.length).toBeGreaterThan(1800);
    expect(records.length).toBeLessThan(2200);
  });

  it('have the shape of record versions 1.08 to 1.11', () => {
    for (const record of records) {
      const { error } = recordShape.safeParse(record);
      expect(error?.issues, `${record.eventName} ${record.eventID}`).toBeUndefined();
    }
  });

  it('have an id of their own, save four of the attack that arrive again in the next file, unchanged', () => {
    expect(repeated.map(([first]) => first!.record.eventName).sort()).toEqual([
      'ConsoleLogin',
      'CreateAccessKey',
      'PutBucketPolicy',
      'StopLogging',
    ]);
    for (const [first, second, ...more] of repeated) {
      expect(more).toEqual([]);
      expect(second!.record).toEqual(first!.record);
      expect(slotEnd(second!.key) - slotEnd(first!.key)).toBe(SLOT);
      expect(attack).toContain(first!.record);
    }
  });

  it('name no address, account or key that could be real', () => {
    const text = JSON.stringify(records);
    const addresses = new Set(text.match(/\b\d{1,3}(?:\.\d{1,3}){3}(?=["/])/g));
    for (const address of addresses)
      expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113|10\.20\.\d+)\.\d+$|^0\.0\.0\.0$/);
    const accounts = new Set(text.match(/(?<=:)\d{12}(?=:)/g));
    expect(accounts).toEqual(new Set(['111122223333', '444455556666']));
    for (const [id] of text.matchAll(/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}/g)) expect(id).toMatch(/EXAMPLE$/);
  });
});

describe('the story in samples/README.md', () => {
  const readme = readFileSync(join(samples, 'README.md'), 'utf8');
  const told = [...readme.matchAll(/^\| (\d\d:\d\d:\d\d) \| [^|]+ \| `(\w+)` \|/gm)].map(
    ([, time, name]) => `${time} ${name}`,
  );
  const happened = (record: SampleRecord): string => `${record.eventTime.slice(11, 19)} ${record.eventName}`;

  it('tells only what the records show', () => {
    expect(told.length).toBeGreaterThan(20);
    expect(attack.map(happened)).toEqual(expect.arrayContaining(told));
    expect(readme).toContain(`no other: ${attack.length} records`);
  });

  it('tells of everything that the intruder changed or tried to change', () => {
    const changes = attack.filter(({ readOnly }) => readOnly === false).map(happened);
    expect(changes.length).toBeGreaterThan(15);
    expect(told).toEqual(expect.arrayContaining(changes));
  });

  it('has the intruder within about 40 minutes, and ordinary traffic before and after', () => {
    const times = attack.map(({ eventTime }) => eventTime).sort();
    expect(times[0]).toBe('2026-10-14T09:38:41Z');
    expect(times.at(-1)).toBe('2026-10-14T10:19:25Z');
    const others = records.filter((record) => !attack.includes(record)).map(({ eventTime }) => eventTime);
    expect(others.filter((time) => time < times[0]!).length).toBeGreaterThan(500);
    expect(others.filter((time) => time > times.at(-1)!).length).toBeGreaterThan(300);
  });

  it('has the stopped trail fall silent', () => {
    const stopped = attack.find(({ eventName }) => eventName === 'StopLogging')?.eventTime ?? '';
    const deliveries = records.filter(({ userAgent }) => userAgent === 'cloudtrail.amazonaws.com');
    expect(deliveries.length).toBeGreaterThan(50);
    expect(deliveries.filter(({ eventTime }) => eventTime >= stopped)).toEqual([]);
  });
});
