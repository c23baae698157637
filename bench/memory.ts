import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readVariedCorpus } from './corpus.ts';
import { createLogWriter, type Written } from './log-files.ts';
import { runReplay } from './replay-process.ts';
import type { Report, Row } from './report.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Memory that replay may take, in megabytes. */
const goals = { files: 300, largeFile: 350 };

/** Files of 5,000 records, about 7 MB of text each, and megabytes of text of one large file. */
const usual = { files: [5, 20, 80], largeFile: 500 };
const full = { files: [40, 160, 1_500], largeFile: 2_000 };
const shapes = [
  ['lines', 'one file, a record a line'],
  ['joined', 'one file, log files after each other'],
] as const;

type Input = Written & { readonly name: string; readonly paths: readonly string[]; readonly atMost: number };

/** The most memory that `trailwire replay` takes, as the logs grow; `isFull` goes up to 10 GB of text. */
export const measureMemory = async (isFull: boolean, report: Report): Promise<void> => {
  const folder = makeTemporaryFolder();
  const sizes = isFull ? full : usual;
  try {
    report.say(`\nWriting logs to ${folder}, where they are removed again.`);
    const writer = createLogWriter(await readVariedCorpus());
    const inputs: Input[] = [];
    for (const count of sizes.files) {
      const before = inputs.at(-1) ?? { files: 0, records: 0, bytes: 0, packed: 0, paths: [] };
      const path = join(folder, `${count}-files`);
      const more = writer.writeFiles(path, Array(count - before.files).fill(5_000));
      const all = added(before, more);
      inputs.push({ name: `${count} files`, ...all, paths: [...before.paths, path], atMost: goals.files });
    }
    for (const [shape, what] of shapes) {
      const path = join(folder, `${shape}.json.gz`);
      const written = await writer.writeLargeFile(path, shape, sizes.largeFile * 1e6);
      inputs.push({ name: what, ...written, paths: [path], atMost: goals.largeFile });
    }
    const rows: Row[] = [];
    const notes: string[] = [];
    for (const input of inputs) {
      for (const jobs of [1, 2]) {
        const { seconds, peak, failure } = await runReplay(['--jobs', String(jobs), ...input.paths]);
        const name = `${input.name}, ${jobs === 1 ? 'one job' : 'two jobs'}`;
        const cells = {
          text: input.bytes / 1e6,
          'on disk': input.packed / 1e6,
          'records/s': input.records / seconds,
          peak,
        };
        rows.push({ name, cells });
        if (failure !== undefined) notes.push(`${name}: ${failure}`);
        const figure = `peak memory of replay, ${name}, ${(input.bytes / 1e9).toFixed(1)} GB of text`;
        report.goal({
          figure,
          measured: failure === undefined ? peak : Number.NaN,
          format: 'megabytes',
          wanted: { atMost: input.atMost },
        });
      }
    }
    report.table({
      title: 'trailwire replay, process from start to end',
      columns: { text: 'megabytes', 'on disk': 'megabytes', 'records/s': 'rate', peak: 'megabytes' },
      rows,
      notes,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const added = (one: Written, other: Written): Written => ({
  files: one.files + other.files,
  records: one.records + other.records,
  bytes: one.bytes + other.bytes,
  packed: one.packed + other.packed,
});
