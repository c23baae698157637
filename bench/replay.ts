import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keepCompiled } from '../cli/compile-cache.mjs';
import { findLogFiles } from '../cli/find-log-files.ts';
import type { Io } from '../cli/io.ts';
import { replay } from '../cli/replay.ts';
import { scanFiles } from '../cli/scan-files.ts';
import type { DetectorContent } from '../engine/detector.ts';
import { createRandom } from '../samples/cloudtrail/random.ts';
import { type Corpus, readAccountCorpus, readVariedCorpus, realRecords } from './corpus.ts';
import { readPlainly } from './floor.ts';
import { createLogWriter, type Written } from './log-files.ts';
import { measurementOf, median, type Runner, takeTurns, timesAsFast } from './measure.ts';
import type { Report } from './report.ts';
import { generateRules, usualMix } from './rules.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const rounds = 7;
const floor = 'gunzipSync, UTF-8, JSON.parse';
const oneJob = 'files scanned, one job';
const twoJobs = 'files scanned, two jobs';
const twoThreads = 'files scanned, two threads however little there is';
const command = 'the whole of trailwire replay, one job';
const manyRules = 'files scanned, one job, 1,000 generated rules';

/** Reading and matching log files against what reading them takes at least. */
export const measureReplay = async (content: DetectorContent, report: Report): Promise<void> => {
  keepCompiled();
  const corpus = await readVariedCorpus();
  const writer = createLogWriter(corpus);
  const folder = makeTemporaryFolder();
  try {
    const large = join(folder, 'large');
    const written = writer.writeFiles(large, Array(40).fill(5_000));
    await measureFolder(`large files (${sizeOf(written)})`, large, content, corpus, report);
    const many = join(folder, 'many');
    for (const copy of ['1', '2', '3', '4', '5']) cpSync(large, join(many, copy), { recursive: true });
    await measureJobs(many, written.records * 5, content, report);
    rmSync(many, { recursive: true });

    const account = await readAccountCorpus();
    if (account !== undefined) {
      const real = join(folder, 'real');
      const written = createLogWriter(account).writeFiles(real, Array(40).fill(5_000));
      await measureFolder(`large files of ${account.name} (${sizeOf(written)})`, real, content, account, report);
      rmSync(real, { recursive: true });
    }

    const small = join(folder, 'small');
    const title = writeSmallFiles(small, writer.writeFiles);
    await measureFolder(title, small, content, corpus, report);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** As a real account has them, or a like number of files with as few records. */
const writeSmallFiles = (folder: string, write: (folder: string, sizes: readonly number[]) => Written): string => {
  if (realRecords !== undefined) {
    mkdirSync(folder);
    execFileSync('tar', ['-xf', join(realRecords, 'account/sans504-s3-layout.tar'), '-C', folder]);
    return 'the small files of a real account';
  }
  const random = createRandom('small files');
  // Mostly a few records, now and then a hundred.
  const sizes = Array.from({ length: 4_000 }, () => Math.ceil(random.int(1, 100) ** 2 / random.int(100, 1_000)));
  return `small files (${sizeOf(write(folder, sizes))})`;
};

const sizeOf = ({ files, records, bytes }: Written): string =>
  `${files.toLocaleString('en')} with ${records.toLocaleString('en')} records, ${Math.round(bytes / 1e6)} MB`;

const measureFolder = async (
  title: string,
  folder: string,
  content: DetectorContent,
  corpus: Corpus,
  report: Report,
) => {
  const thousand = { ...content, rules: generateRules(1_000, content.rules, corpus, usualMix) };
  const records = readPlainly(folder);
  const scanned = scannerOf(folder);
  const replayed = async (): Promise<number> => {
    const code = await replay([folder], { rules: join(import.meta.dirname, '../rules'), format: 'text' }, silent);
    if (code !== 0) throw new Error(`replay ended with ${code}`);
    return records;
  };
  const isAlone = availableParallelism() < 2;
  const runners = [
    timed(floor, records, async () => readPlainly(folder)),
    timed(oneJob, records, () => scanned(content, 1)),
    timed(manyRules, records, () => scanned(thousand, 1)),
    timed(command, records, replayed),
    ...(isAlone ? [] : [timed(twoJobs, records, () => scanned(content, 2))]),
    ...(isAlone ? [] : [timed(twoThreads, records, () => scanned(content, 2, 0))]),
  ];
  const measurements = await takeTurns(runners, rounds);
  const [least, one] = [floor, oneJob].map((name) => measurementOf(measurements, name));
  if (least === undefined || one === undefined) throw new TypeError('two were measured');
  report.table({
    title,
    columns: { 'records/s': 'rate', 'over the floor': 'ratio', 'over one job': 'ratio' },
    rows: measurements.map((each) => ({
      name: each.name,
      cells: {
        'records/s': median(each.rates),
        'over the floor': timesAsFast(each, least),
        'over one job': timesAsFast(each, one),
      },
    })),
  });
  const figure = `scan of ${title} over the floor`;
  report.goal({ figure, measured: timesAsFast(one, least), format: 'ratio', wanted: { atLeast: 0.95 } });
};

/** Two threads against one on so much that their start, and code that is not compiled yet, does not decide it. */
const measureJobs = async (
  folder: string,
  records: number,
  content: DetectorContent,
  report: Report,
): Promise<void> => {
  if (availableParallelism() < 2) return;
  const scanned = scannerOf(folder);
  const runners = [1, 2].map((jobs) => timed(`${jobs}`, records, () => scanned(content, jobs)));
  const [one, two] = await takeTurns(runners, 3);
  if (one === undefined || two === undefined) throw new TypeError('two were measured');
  const figure = `scan of ${records.toLocaleString('en')} records in large files, two jobs over one`;
  report.goal({ figure, measured: timesAsFast(two, one), format: 'ratio', wanted: { atLeast: 1.6 } });
};

/** Scans a folder, and says how many records it has. */
const scannerOf =
  (folder: string) =>
  async (content: DetectorContent, jobs: number, threadsFrom?: number): Promise<number> => {
    let found = 0;
    for await (const { ids, unreadable } of scanFiles(findLogFiles(folder), content, jobs, threadsFrom)) {
      if (unreadable[0] !== undefined) throw new Error(unreadable[0].message);
      found += ids.length;
    }
    return found;
  };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Each starts with an empty heap: nobody pays for what the one before left behind. */
const timed = (name: string, records: number, run: () => Promise<number>): Runner => ({
  name,
  rate: async () => {
    collectGarbage();
    const began = performance.now();
    const found = await run();
    const elapsed = performance.now() - began;
    if (found !== records) throw new Error(`${name} read ${found} records of ${records}`);
    return (records / elapsed) * 1000;
  },
});

const silent: Io = { out: () => undefined, err: () => undefined, color: (_, text) => text, now: Date.now };
