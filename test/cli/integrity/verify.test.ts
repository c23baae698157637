import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { replay } from '../../../cli/replay.ts';
import { verify } from '../../../cli/verify.ts';
import type { Digest } from '../../../engine/integrity/digest.ts';
import { startLocalServer } from '../../local-server.ts';
import { regionOf } from '../local-event-history.ts';
import { createTerminal, temporaryFolder } from '../terminal.ts';
import {
  type Bucket,
  copyTo,
  createBucket,
  createKey,
  gunzip,
  hourOf,
  iso,
  type Options,
  publicKey,
  rewrite,
  writeKeys,
} from './trail-bucket.ts';

type Line = Readonly<Record<string, string>>;

const verifyPaths = async (paths: readonly string[], keys: readonly string[], fetchKeys = false) => {
  const terminal = createTerminal();
  const code = await verify(paths, { keys, fetchKeys, format: 'jsonl' }, terminal.io);
  const lines = terminal.out.map((line) => JSON.parse(line) as Line);
  return {
    code,
    lines,
    summary: terminal.err.join('\n'),
    /** `status kind name` of what is not valid. */
    wrong: lines
      .filter(({ kind, status }) => (kind === 'digest' || kind === 'log') && status !== 'valid')
      .map(({ kind, status, file = '' }) => `${status} ${kind} ${file.slice(file.lastIndexOf('/') + 1)}`)
      .toSorted(),
    breaks: lines
      .filter(({ kind }) => kind === 'break')
      .map((line) => `${line.break} ${line.from} ${line.to}`)
      .toSorted(),
  };
};

type Copying = Parameters<typeof copyTo>[2];
const verifyBucket = async (
  bucket: Bucket,
  copying: Copying = {},
  after: (folder: string) => void = () => undefined,
) => {
  const folder = temporaryFolder();
  const keys = [writeKeys(join(temporaryFolder(), 'keys.json'))];
  copyTo(folder, bucket, copying);
  after(folder);
  return verifyPaths([folder], keys);
};
const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
const region = 'eu-west-1';
const hours = (from: number, to: number) => `${iso(hourOf(from))} ${iso(hourOf(to))}`;
const logsOf = ({ logKey }: Bucket, hour: number): readonly string[] =>
  [0, 1].map((index) => nameOf(logKey(region, hour, index)));

describe('48 hours of three regions, as CloudTrail delivered them', () => {
  it('are valid, file by file, and the summary says for which time', async () => {
    const { code, wrong, breaks, lines, summary } = await verifyBucket(createBucket());
    expect({ code, wrong, breaks }).toEqual({ code: 0, wrong: [], breaks: [] });
    expect(lines.filter(({ kind }) => kind === 'digest')).toHaveLength(144);
    expect(lines.filter(({ kind }) => kind === 'log')).toHaveLength(288);
    expect(summary).toContain('144 digest files: 144 valid\n288 log files: 288 valid\n3 chains, 0 breaks:');
    expect(summary).toContain(
      '111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1 in s3://trail-logs/AWSLogs/111122223333: 48 digests, valid for 2026-10-14T00:00:00Z to 2026-10-16T00:00:00Z',
    );
  });

  it('need the signature of the newest digest only: each other is carried by the next one', async () => {
    const bucket = createBucket();
    const newest = new Set(bucket.regions.map((each) => bucket.digestKey(each, 47)));
    const copied = await verifyBucket(bucket, { metadata: (key) => newest.has(key) });
    expect(copied).toMatchObject({ code: 0, wrong: [] });
  });

  it('leave the newest digest and what it lists unsigned where no signature was kept, and print how to get it', async () => {
    const bucket = createBucket({ regions: [region] });
    const { code, wrong, breaks, summary } = await verifyBucket(bucket, { metadata: () => false });
    expect({ code, breaks }).toEqual({ code: 1, breaks: [] });
    const newest = bucket.digestKey(region, 47);
    expect(wrong).toEqual(
      [`unsigned digest ${nameOf(newest)}`, ...logsOf(bucket, 47).map((log) => `unsigned log ${log}`)].toSorted(),
    );
    expect(summary).toContain(`aws s3api head-object --bucket trail-logs --key ${newest} > `);
  });

  it('are unsigned without keys, while hashes are still compared', async () => {
    const bucket = createBucket({ regions: [region], hours: 3 });
    rewrite<Digest>(bucket, bucket.digestKey(region, 0), (digest) => ({ ...digest, logFiles: [] }));
    bucket.objects.set(bucket.logKey(region, 2, 0), gzipSync('{"Records":[]}'));
    const folder = temporaryFolder();
    copyTo(folder, bucket);
    const { code, wrong, summary } = await verifyPaths([folder], []);
    expect(code).toBe(1);
    expect(wrong).toContain(`modified digest ${nameOf(bucket.digestKey(region, 0))}`);
    expect(wrong).toContain(`modified log ${nameOf(bucket.logKey(region, 2, 0))}`);
    expect(wrong).toContain(`unsigned log ${nameOf(bucket.logKey(region, 1, 0))}`);
    expect(summary).toContain('aws cloudtrail list-public-keys --region');
  });

  it('may lie under a prefix, in an organisation, in several accounts, trails and buckets, or begin anywhere', async () => {
    const folder = temporaryFolder();
    const small: Partial<Options> = { regions: [region, 'us-east-1'], hours: 3 };
    const organisation = { ...small, root: 'central/AWSLogs/o-abcde12345/' };
    copyTo(join(folder, 'one'), createBucket(small));
    copyTo(join(folder, 'one'), createBucket({ ...small, trail: 'second_trail' }));
    copyTo(join(folder, 'two'), createBucket({ ...organisation, bucket: 'org' }));
    copyTo(join(folder, 'two'), createBucket({ ...organisation, bucket: 'org', account: '444455556666' }));
    copyTo(join(folder, 'three'), createBucket({ ...small, bucket: 'third' }), { from: 'AWSLogs/111122223333/' });
    const keys = [writeKeys(join(temporaryFolder(), 'keys.json'))];
    const whole = await verifyPaths([folder], keys);
    expect(whole).toMatchObject({ code: 0, wrong: [], breaks: [] });
    expect(whole.lines.filter(({ kind }) => kind === 'chain')).toHaveLength(10);
    const account = join(folder, 'one/AWSLogs/111122223333');
    const parts = await verifyPaths(
      [join(account, 'CloudTrail-Digest'), join(folder, 'three'), join(account, 'CloudTrail')],
      keys,
    );
    expect(parts).toMatchObject({ code: 0, wrong: [], breaks: [] });
  });

  it('have backfill digests beside the chain, which list what came late', async () => {
    const bucket = createBucket({ regions: [region], hours: 4 });
    const late = bucket.logKey(region, 1, 7);
    bucket.objects.set(late, gzipSync('{"Records":[]}'));
    bucket.putDigest(bucket.digestOf(region, 1, [late], undefined, '_backfill', new Map([[late, '{"Records":[]}']])));
    expect(await verifyBucket(bucket)).toMatchObject({ code: 0, wrong: [], breaks: [] });
  });

  it('begin with a digest whose predecessor was not copied', async () => {
    const bucket = createBucket({ regions: [region] });
    for (let hour = 0; hour < 24; hour++) {
      for (const key of [bucket.digestKey(region, hour), ...[0, 1].map((index) => bucket.logKey(region, hour, index))])
        bucket.objects.delete(key);
    }
    const { code, summary } = await verifyBucket(bucket);
    expect(code).toBe(0);
    expect(summary).toContain('24 digests, valid for 2026-10-15T00:00:00Z to 2026-10-16T00:00:00Z');
  });

  it('may be read from files that a tool has unpacked under their old names', async () => {
    const bucket = createBucket({ regions: [region], hours: 2 });
    for (const [key, bytes] of bucket.objects) bucket.objects.set(key, Buffer.from(gunzip(bytes)));
    expect(await verifyBucket(bucket)).toMatchObject({ code: 0, wrong: [] });
  });
});

type Tampering = {
  readonly name: string;
  readonly options?: Partial<Options>;
  readonly tamper: (bucket: Bucket) => void;
  readonly afterwards?: (folder: string, bucket: Bucket) => void;
  readonly wrong: (bucket: Bucket) => readonly string[];
  readonly breaks?: readonly string[];
};

const log = (bucket: Bucket, hour = 20, index = 0): string => bucket.logKey(region, hour, index);
const digest = (bucket: Bucket, hour = 20): string => bucket.digestKey(region, hour);
const unsignedLogs = (bucket: Bucket, ...of: readonly number[]) =>
  of.flatMap((hour) => logsOf(bucket, hour).map((name) => `unsigned log ${name}`));
const move = (bucket: Bucket, from: string, to: string): void => {
  for (const map of [bucket.objects, bucket.signatures] as Map<string, unknown>[]) {
    if (!map.has(from)) continue;
    map.set(to, map.get(from));
    map.delete(from);
  }
};
/** As if CloudTrail itself had written so, for one hour of one region. */
const altering = (hour: number, change: (digest: Digest) => Partial<Digest>): Partial<Options> => ({
  alter: (written, of, at) => (of === region && at === hour ? { ...written, ...change(written) } : written),
});
const nothing = (): void => undefined;
const stranger = createKey('31e8b5433410dfb61a9dc45cc65b22ff');

const tamperings: readonly Tampering[] = [
  {
    name: 'a byte of a log file is flipped',
    tamper: (bucket) => {
      const text = Buffer.from(gunzip(bucket.objects.get(log(bucket)) as Buffer));
      text[40] = (text[40] as number) ^ 1;
      bucket.objects.set(log(bucket), gzipSync(text));
    },
    wrong: (bucket) => [`modified log ${nameOf(log(bucket))}`],
  },
  {
    name: 'a record is taken out of a log file',
    tamper: (bucket) => rewrite(bucket, log(bucket), () => ({ Records: [] })),
    wrong: (bucket) => [`modified log ${nameOf(log(bucket))}`],
  },
  {
    name: 'records are added as a second part of the gzip, which readers that stop at the first do not see',
    tamper: (bucket) =>
      bucket.objects.set(
        log(bucket),
        Buffer.concat([bucket.objects.get(log(bucket)) as Buffer, gzipSync('{"Records":[]}')]),
      ),
    wrong: (bucket) => [`modified log ${nameOf(log(bucket))}`],
  },
  {
    name: 'a log file is removed',
    tamper: (bucket) => bucket.objects.delete(log(bucket)),
    wrong: (bucket) => [`missing log ${nameOf(log(bucket))}`],
  },
  {
    name: 'a log file is added',
    tamper: (bucket) => bucket.objects.set(log(bucket, 20, 5), gzipSync('{"Records":[]}')),
    wrong: (bucket) => [`unsigned log ${nameOf(log(bucket, 20, 5))}`],
  },
  {
    name: 'two log files are swapped',
    tamper: (bucket) => {
      const [one, other] = [log(bucket), log(bucket, 21)];
      const bytes = bucket.objects.get(one) as Buffer;
      bucket.objects.set(one, bucket.objects.get(other) as Buffer);
      bucket.objects.set(other, bytes);
    },
    wrong: (bucket) => [`modified log ${nameOf(log(bucket))}`, `modified log ${nameOf(log(bucket, 21))}`],
  },
  {
    name: 'a log file is renamed',
    tamper: (bucket) => move(bucket, log(bucket), log(bucket, 20, 5)),
    wrong: (bucket) => [`missing log ${nameOf(log(bucket))}`, `unsigned log ${nameOf(log(bucket, 20, 5))}`],
  },
  {
    name: 'a log file is put into another region',
    tamper: (bucket) => move(bucket, log(bucket), log(bucket).replace(`/${region}/`, '/us-east-1/')),
    wrong: (bucket) => [`missing log ${nameOf(log(bucket))}`, `unsigned log ${nameOf(log(bucket))}`],
  },
  {
    name: 'a log file is put out of the layout',
    tamper: nothing,
    afterwards: (folder, bucket) => renameSync(join(folder, log(bucket)), join(folder, nameOf(log(bucket)))),
    wrong: (bucket) => [`missing log ${nameOf(log(bucket))}`, `unsigned log ${nameOf(log(bucket))}`],
  },
  {
    name: 'the gzip of a log file is cut off',
    tamper: (bucket) => bucket.objects.set(log(bucket), (bucket.objects.get(log(bucket)) as Buffer).subarray(0, -9)),
    wrong: (bucket) => [`modified log ${nameOf(log(bucket))}`],
  },
  {
    name: 'a log file is emptied',
    tamper: (bucket) => bucket.objects.set(log(bucket), Buffer.alloc(0)),
    wrong: (bucket) => [`modified log ${nameOf(log(bucket))}`],
  },
  {
    name: 'a digest is removed',
    tamper: (bucket) => bucket.objects.delete(digest(bucket)),
    wrong: (bucket) => [`missing digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
    breaks: [`digest missing ${hours(20, 21)}`],
  },
  {
    name: 'a digest and the log files it lists are removed',
    tamper: (bucket) => {
      for (const key of [digest(bucket), log(bucket), log(bucket, 20, 1)]) bucket.objects.delete(key);
    },
    wrong: (bucket) => [`missing digest ${nameOf(digest(bucket))}`],
    breaks: [`digest missing ${hours(20, 21)}`],
  },
  {
    name: 'three digests in a row are removed',
    tamper: (bucket) => {
      for (const hour of [20, 21, 22]) bucket.objects.delete(digest(bucket, hour));
    },
    wrong: (bucket) => [`missing digest ${nameOf(digest(bucket, 22))}`, ...unsignedLogs(bucket, 20, 21, 22)],
    breaks: [`digest missing ${hours(20, 23)}`],
  },
  {
    name: 'the newest digest is removed',
    tamper: (bucket) => bucket.objects.delete(digest(bucket, 47)),
    wrong: (bucket) => unsignedLogs(bucket, 47),
  },
  {
    name: 'a digest is modified so that it does not list a log file',
    tamper: (bucket) =>
      rewrite<Digest>(bucket, digest(bucket), (content) => ({ ...content, logFiles: content.logFiles.slice(1) })),
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'a log file is modified and its hash in the digest too',
    tamper: (bucket) => {
      rewrite(bucket, log(bucket), () => ({ Records: [] }));
      const [hashValue] = bucket
        .digestOf(region, 20, ['x'], undefined, '', new Map([['x', '{"Records":[]}']]))
        .logFiles.map((each) => each.hashValue);
      rewrite<Digest>(bucket, digest(bucket), (content) => ({
        ...content,
        logFiles: content.logFiles.map((each) =>
          each.s3Object === log(bucket) ? { ...each, hashValue: hashValue ?? '' } : each,
        ),
      }));
    },
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'a digest has for a log file the hash of another',
    tamper: (bucket) =>
      rewrite<Digest>(bucket, digest(bucket), (content) => {
        const [one, other] = content.logFiles;
        if (one === undefined || other === undefined) throw new Error('two log files expected');
        return { ...content, logFiles: [{ ...one, hashValue: other.hashValue }, other] };
      }),
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'the newest digest is modified',
    tamper: (bucket) => rewrite<Digest>(bucket, digest(bucket, 47), (content) => ({ ...content, logFiles: [] })),
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket, 47))}`, ...unsignedLogs(bucket, 47)],
  },
  {
    name: 'a digest is signed by another key that calls itself the same',
    tamper: (bucket) =>
      bucket.putDigest(JSON.parse(gunzip(bucket.objects.get(digest(bucket)) as Buffer)), stranger.privateKey),
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'a digest names a key that AWS did not give out',
    options: altering(47, () => ({ digestPublicKeyFingerprint: 'f'.repeat(32) })),
    tamper: nothing,
    wrong: (bucket) => [`unsigned digest ${nameOf(digest(bucket, 47))}`, ...unsignedLogs(bucket, 47)],
  },
  {
    name: 'a digest is put in the place of another',
    tamper: (bucket) => {
      bucket.objects.set(digest(bucket), bucket.objects.get(digest(bucket, 10)) as Buffer);
      bucket.signatures.set(digest(bucket), bucket.signatures.get(digest(bucket, 10)) as string);
    },
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'a digest is renamed',
    tamper: (bucket) => move(bucket, digest(bucket), digest(bucket).replace('.json.gz', '_backfill.json.gz')),
    wrong: (bucket) => [
      `missing digest ${nameOf(digest(bucket))}`,
      `modified digest ${nameOf(digest(bucket)).replace('.json.gz', '_backfill.json.gz')}`,
      ...unsignedLogs(bucket, 20),
    ],
    breaks: [`digest missing ${hours(20, 21)}`],
  },
  {
    name: 'a digest of another bucket is put in',
    tamper: (bucket) => {
      const other = createBucket({ bucket: 'other-logs', regions: [region] });
      bucket.objects.set(digest(bucket), other.objects.get(digest(other)) as Buffer);
      bucket.signatures.set(digest(bucket), other.signatures.get(digest(other)) as string);
    },
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'a digest is damaged',
    tamper: (bucket) =>
      bucket.objects.set(digest(bucket), (bucket.objects.get(digest(bucket)) as Buffer).subarray(0, -9)),
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'the signature beside a digest is another’s',
    tamper: (bucket) => bucket.signatures.set(digest(bucket), bucket.signatures.get(digest(bucket, 10)) as string),
    wrong: (bucket) => [`modified digest ${nameOf(digest(bucket))}`, ...unsignedLogs(bucket, 20)],
  },
  {
    name: 'a digest that nothing leads to is added',
    options: { alter: (written) => written },
    tamper: (bucket) => {
      const key = bucket.digestKey(region, 20).replace('0000Z', '3000Z');
      const stray = {
        ...bucket.digestOf(region, 20, [], digest(bucket)),
        digestS3Object: key,
        digestStartTime: iso(hourOf(21)),
        digestEndTime: iso(hourOf(21.5)),
      };
      bucket.putDigest(stray);
    },
    wrong: () => [],
    breaks: [`not in chain ${hours(21, 21.5)}`],
  },
  {
    name: 'the trail is stopped for four hours, and the chain begins anew',
    options: { off: [20, 21, 22, 23], regions: [region] },
    tamper: nothing,
    wrong: () => [],
    breaks: [`restarted ${hours(20, 24)}`],
  },
  {
    name: 'the hash of the digest before is wrong in a digest that is signed',
    options: altering(20, () => ({ previousDigestHashValue: '0'.repeat(64) })),
    tamper: nothing,
    wrong: () => [],
    breaks: [`previous differs ${hours(19, 20)}`],
  },
  {
    name: 'the signature of the digest before is wrong in a digest that is signed',
    options: altering(20, () => ({ previousDigestSignature: 'ab'.repeat(256) })),
    tamper: nothing,
    wrong: () => [],
    breaks: [`previous differs ${hours(19, 20)}`],
  },
  {
    name: 'there is a time that no digest covers',
    options: altering(20, () => ({ digestStartTime: iso(hourOf(20.25)) })),
    tamper: nothing,
    wrong: () => [],
    breaks: [`gap ${hours(20, 20.25)}`],
  },
  {
    name: 'two digests cover one time',
    options: altering(20, () => ({ digestStartTime: iso(hourOf(19.5)) })),
    tamper: nothing,
    wrong: () => [],
    breaks: [`overlap ${hours(19.5, 20)}`],
  },
  {
    name: 'all digests of a region are removed',
    options: { hours: 3 },
    tamper: (bucket) => {
      for (const hour of [0, 1, 2]) bucket.objects.delete(digest(bucket, hour));
    },
    wrong: (bucket) => unsignedLogs(bucket, 0, 1, 2),
  },
  {
    name: 'the account is another’s',
    options: { hours: 3, regions: [region] },
    tamper: nothing,
    afterwards: (folder) => renameSync(join(folder, 'AWSLogs/111122223333'), join(folder, 'AWSLogs/444455556666')),
    wrong: (bucket) => [
      ...[0, 1, 2].map((hour) => `modified digest ${nameOf(digest(bucket, hour))}`),
      ...unsignedLogs(bucket, 0, 1, 2),
    ],
  },
];

describe('what was changed after delivery is named, and nothing else', () => {
  it.each(tamperings)('$name', async ({ options, tamper, afterwards = nothing, wrong, breaks = [] }) => {
    const bucket = createBucket(options);
    tamper(bucket);
    const found = await verifyBucket(bucket, {}, (folder) => afterwards(folder, bucket));
    expect({ code: found.code, wrong: found.wrong, breaks: found.breaks }).toEqual({
      code: 1,
      wrong: [...wrong(bucket)].toSorted(),
      breaks: [...breaks],
    });
  });
});

describe('what cannot be used', () => {
  const keysOf = (content: string): string => {
    const path = join(temporaryFolder(), 'keys.json');
    writeFileSync(path, content);
    return path;
  };

  it.each([
    ['{', 'JSON'],
    ['{"Keys":[]}', 'PublicKeyList'],
    ['{"PublicKeyList":[{"Fingerprint":"f","Value":"AAAA"}]}', 'key f is no RSA key'],
  ])('of keys is refused with its name: %s', async (content, says) => {
    const path = keysOf(content);
    await expect(verifyPaths(['samples/incident'], [path])).rejects.toThrow(path);
    await expect(verifyPaths(['samples/incident'], [path])).rejects.toThrow(says);
  });

  it('of a signature is named, and the digest is judged without', async () => {
    const bucket = createBucket({ regions: [region], hours: 3 });
    const beside = `${digest(bucket, 2)}.metadata.json`;
    const found = await verifyBucket(bucket, {}, (folder) => {
      rmSync(join(folder, beside));
      writeFileSync(join(folder, beside), '');
    });
    expect(found.code).toBe(2);
    expect(found.summary).toContain(`${beside}: expected what aws s3api head-object prints`);
    expect(found.wrong).toContain(`unsigned digest ${nameOf(digest(bucket, 2))}`);
  });

  it('of paths ends with 2', async () => {
    const { code, summary } = await verifyPaths([join(temporaryFolder(), 'nothing')], []);
    expect(code).toBe(2);
    expect(summary).toContain('cannot read');
  });
});

it('a log of which no digest is there is unsigned, whatever it holds', async () => {
  const { code, wrong } = await verifyPaths(['samples/incident'], []);
  expect(code).toBe(1);
  expect(wrong.length).toBeGreaterThan(40);
  expect(new Set(wrong.map((line) => line.split(' ')[0]))).toEqual(new Set(['unsigned']));
});

it('as text, names what is not valid with the reason, and breaks with their times', async () => {
  const bucket = createBucket({ regions: [region], off: [20] });
  bucket.objects.delete(log(bucket, 10));
  const folder = temporaryFolder();
  copyTo(folder, bucket);
  const terminal = createTerminal();
  await verify([folder], { keys: [writeKeys(join(temporaryFolder(), 'keys.json'))], format: 'text' }, terminal.io);
  expect(terminal.out).toEqual([
    'BREAK     restarted, 2026-10-14T20:00:00Z to 2026-10-14T21:00:00Z, 111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1',
    '          a chain ends and another begins: log file validation or logging was off, and no digest covers this time',
    `missing   ${folder}/${log(bucket, 10)}`,
    `          ${nameOf(digest(bucket, 10))} lists it`,
  ]);
});

describe('keys that AWS is asked for', () => {
  const stubAccess = ({ url, stop }: Awaited<ReturnType<typeof startLocalServer>>): void => {
    onTestFinished(stop);
    const environment = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
  };
  const startKeyServer = async (answer: (region: string, body: unknown) => object = () => ({})) => {
    const server = await startLocalServer((request) => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(answer(regionOf(request), JSON.parse(request.body))),
    }));
    stubAccess(server);
    return server;
  };

  it('are those of each region, from the day before its first digest', async () => {
    const asked: string[] = [];
    const server = await startKeyServer((from, body) => {
      const { StartTime, NextToken } = body as { StartTime: number; NextToken?: string };
      asked.push(`${from} ${iso(StartTime * 1_000)}`);
      return NextToken === undefined ? { PublicKeyList: [], NextToken: 'more' } : { PublicKeyList: [publicKey] };
    });
    const folder = temporaryFolder();
    copyTo(folder, createBucket({ hours: 3 }));
    const { code, wrong } = await verifyPaths([folder], [], true);
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    expect(server.received).toHaveLength(6);
    const regions = ['eu-central-1', 'eu-west-1', 'us-east-1'];
    expect(new Set(asked)).toEqual(new Set(regions.map((each) => `${each} 2026-10-13T00:00:00Z`)));
  });

  it('are asked for nowhere but in regions, whatever a folder is called', async () => {
    const server = await startKeyServer();
    const folder = temporaryFolder();
    const bucket = createBucket({ regions: [region], hours: 1 });
    copyTo(folder, bucket);
    renameSync(
      join(folder, 'AWSLogs/111122223333/CloudTrail-Digest', region),
      join(folder, 'AWSLogs/111122223333/CloudTrail-Digest/evil.example'),
    );
    await verifyPaths([folder], [], true);
    expect(server.received).toEqual([]);
  });

  it('are asked for though a folder is called like a region that there is not, or a day that there is not', async () => {
    const nowhere = { status: 400, body: { __type: 'UnrecognizedClientException', message: 'no such region' } };
    const server = await startLocalServer((request) => {
      const { status, body } =
        regionOf(request) === region ? { status: 200, body: { PublicKeyList: [publicKey] } } : nowhere;
      return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
    });
    stubAccess(server);
    const folder = temporaryFolder();
    copyTo(folder, createBucket({ regions: [region], hours: 2 }));
    const digests = join(folder, 'AWSLogs/111122223333/CloudTrail-Digest');
    for (const strange of ['xx-nowhere-1/2026/10/14', `${region}/2026/99/99`]) {
      mkdirSync(join(digests, strange), { recursive: true });
      writeFileSync(join(digests, strange, 'planted.json.gz'), gzipSync('{}'));
    }
    const { wrong, summary } = await verifyPaths([folder], [], true);
    expect(wrong).toEqual(['modified digest planted.json.gz', 'modified digest planted.json.gz']);
    expect(summary).toContain('cannot get keys of xx-nowhere-1: cloudtrail:ListPublicKeys: no such region');
  });

  it('that AWS gives out in no region end it, with the reason', async () => {
    const server = await startLocalServer(() => ({
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ __type: 'AccessDeniedException', message: 'you may not' }),
    }));
    stubAccess(server);
    const folder = temporaryFolder();
    copyTo(folder, createBucket({ hours: 1 }));
    await expect(verifyPaths([folder], [], true)).rejects.toThrow('cloudtrail:ListPublicKeys: you may not');
  });

  it('that are none end it, with the reason', async () => {
    await startKeyServer(() => ({ PublicKeyList: [{ Fingerprint: 'f', Value: 'AAAA' }] }));
    const folder = temporaryFolder();
    copyTo(folder, createBucket({ regions: [region], hours: 1 }));
    await expect(verifyPaths([folder], [], true)).rejects.toThrow('AWS: key f is no RSA key');
  });
});

describe('replay --verified', () => {
  const replayFolder = async (folder: string, keys: readonly string[]) => {
    const terminal = createTerminal();
    const options = { rules: 'rules', format: 'jsonl', verified: { keys } } as const;
    const code = await replay([folder], options, terminal.io);
    const ids = terminal.out.map((line) => String(JSON.parse(line).evidences[0].data.eventID));
    return { code, ids, summary: terminal.err.join('\n') };
  };
  const copied = (bucket: Bucket): string => {
    const folder = temporaryFolder();
    copyTo(folder, bucket);
    return folder;
  };
  const ourKeys = () => [writeKeys(join(temporaryFolder(), 'keys.json'))];

  it('reads what holds, and refuses and names the rest', async () => {
    const bucket = createBucket({ regions: [region], hours: 4 });
    rewrite<{ Records: object[] }>(bucket, log(bucket, 2), ({ Records }) => ({
      Records: Records.map((record) => ({ ...record, eventID: 'forged' })),
    }));
    bucket.objects.delete(log(bucket, 3));
    const { code, ids, summary } = await replayFolder(copied(bucket), ourKeys());
    expect(code).toBe(1);
    expect(ids).not.toContain('forged');
    expect(summary).toMatch(/^6 records read/m);
    expect(summary).toContain(`${nameOf(log(bucket, 2))}: ${nameOf(digest(bucket, 2))} says SHA-256`);
    expect(summary).toContain('2 not verified, hence not replayed');
  });

  it('ends with 0 where all holds', async () => {
    const { code, summary } = await replayFolder(copied(createBucket({ regions: [region], hours: 4 })), ourKeys());
    expect(code).toBe(0);
    expect(summary).toMatch(/^8 records read/m);
  });

  it('reads nothing without keys, as nothing is signed then', async () => {
    const { code, ids, summary } = await replayFolder(copied(createBucket({ regions: [region], hours: 4 })), []);
    expect({ code, ids }).toEqual({ code: 2, ids: [] });
    expect(summary).toContain('12 not verified');
  });

  it('does not read stdin', async () => {
    await expect(replayFolder('-', [])).rejects.toThrow('stdin has no digests');
  });
});

describe('the program', () => {
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, ['cli/main.mjs', ...args], { stdio: 'pipe' });
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    return { code, err };
  };

  it('takes folders, then files with keys', async () => {
    const folder = temporaryFolder();
    copyTo(folder, createBucket({ regions: [region], hours: 2 }));
    const [one, other] = ['a.json', 'b.json'].map((name) => writeKeys(join(temporaryFolder(), name)));
    const { code, err } = await run('verify', folder, '--keys', one ?? '', other ?? '');
    expect(err).toContain('2 digest files: 2 valid\n4 log files: 4 valid');
    expect(code).toBe(0);
  });

  it('refuses keys that would not be used', async () => {
    const { code, err } = await run('replay', 'samples/incident', '--keys', 'keys.json');
    expect(err).toContain('--keys and --fetch-keys are for --verified');
    expect(code).toBe(2);
  });
});
