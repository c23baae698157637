import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { findLogFiles } from '../cli/find-log-files.ts';
import { readVariedCorpus } from './corpus.ts';
import { createLogWriter } from './log-files.ts';
import type { Report } from './report.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Megabytes that `ingest` may take above an idle process. */
const most = 256;

/** Megabytes of text that are written, and how often each file is delivered. */
const megabytes = 400;
const [usual, full] = [1, 5];

/** Records a file: of one as large as CloudTrail makes them, and of a busy account's. */
const shapes = [
  ['files of 50 MB', 36_000],
  ['files of 7 MB', 5_000],
] as const;

const title = 'ingest, objects over HTTP';
const columns = {
  text: 'megabytes',
  'records/s': 'rate',
  findings: 'rate',
  idle: 'megabytes',
  peak: 'megabytes',
  above: 'megabytes',
} as const;
const notes = ['The table and the bus are left out: every match makes a finding, and none is sent.'];

const bucket = 'trail';
const repository = join(import.meta.dirname, '..');

/** The memory that `ingest` takes for objects of a bucket on this machine; `isFull` delivers 2 GB of text of each size. */
export const measureIngest = async (isFull: boolean, report: Report): Promise<void> => {
  const times = isFull ? full : usual;
  const writer = createLogWriter(await readVariedCorpus());
  for (const [name, records] of shapes) {
    const folder = makeTemporaryFolder();
    try {
      report.say(`\nWriting ${megabytes} MB of logs to ${folder}, where they are removed again.`);
      const logs = join(folder, 'logs');
      let bytes = 0;
      while (bytes < megabytes * 1e6) bytes += writer.writeFiles(logs, [records]).bytes;
      const run = await ingestFolder(logs, folder, times);
      const above = run.peak - run.idle;
      const cells = {
        text: (bytes * times) / 1e6,
        'records/s': run.records / run.seconds,
        findings: run.findings,
        idle: run.idle,
        peak: run.peak,
        above,
      };
      report.table({ title, columns, rows: [{ name, cells }], notes });
      const figure = `memory of ingest above idle, ${name}, ${((bytes * times) / 1e9).toFixed(1)} GB of text`;
      report.goal({ figure, measured: above, format: 'megabytes', wanted: { atMost: most } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
};

const ingestFolder = async (logs: string, folder: string, times: number) => {
  const keys = [...findLogFiles(logs)].flatMap((found) => (found.kind === 'file' ? [relative(logs, found.path)] : []));
  const list = join(folder, 'keys.json');
  writeFileSync(list, JSON.stringify(Array.from({ length: times }, () => keys).flat()));
  const server = createServer(({ url = '' }, answer) => {
    const { pathname } = new URL(url, 'http://localhost');
    createReadStream(join(logs, decodeURIComponent(pathname.slice(bucket.length + 2)))).pipe(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const began = performance.now();
    const meter = join(import.meta.dirname, 'peak-memory.mjs');
    const args = ['--import', meter, 'bench/ingest-child.ts', endpoint, bucket, list];
    const child = spawn(process.execPath, args, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const [[code], measured] = await Promise.all([once(child, 'exit'), text(child.stdio[3] as NodeJS.ReadableStream)]);
    if (code !== 0) throw new Error(`ingest ended with ${code}`);
    const [idle = 0, records = 0, findings = 0, peak = 0] = measured.split(' ').map(Number);
    const seconds = (performance.now() - began) / 1000;
    return { idle: (idle * 1024) / 1e6, peak: (peak * 1024) / 1e6, records, findings, seconds };
  } finally {
    server.close();
  }
};
