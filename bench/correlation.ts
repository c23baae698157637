import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readField } from '../engine/field.ts';
import { type CloudTrailRecord, isJsonObject } from '../engine/record.ts';
import type { Random } from '../samples/cloudtrail/random.ts';
import { readVariedCorpus } from './corpus.ts';
import { readPlainly } from './floor.ts';
import { createLogWriter } from './log-files.ts';
import { median } from './measure.ts';
import { type ReplayRun, runReplay } from './replay-process.ts';
import type { Report } from './report.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const files = { count: 200, records: 5_000 };
const principals = 100_000;
const rounds = 3;
const rules = join(import.meta.dirname, '../rules');

/**
 * What correlations cost a replay: the same logs with all rules, and without those that correlate; the logs are those of a
 * folder, or a million records of a hundred thousand principals, a quarter of which some rule matches.
 */
export const measureCorrelation = async (given: string | undefined, report: Report): Promise<void> => {
  const folder = makeTemporaryFolder();
  try {
    const logs = given ?? join(folder, 'logs');
    const records = given === undefined ? await writeLogs(logs, report) : readPlainly(given);
    const alone = join(folder, 'rules');
    cpSync(rules, alone, { recursive: true });
    const correlating = removeCorrelations(alone);

    const runs: { readonly all: ReplayRun; readonly without: ReplayRun }[] = [];
    for (let round = 0; round < rounds; round++) {
      runs.push({ all: await runReplay([logs]), without: await runReplay(['--rules', alone, logs]) });
    }
    const failure = runs
      .flatMap(({ all, without }) => [all.failure, without.failure])
      .find((each) => each !== undefined);
    if (failure !== undefined) throw new Error(`replay ${failure}`);
    const ratio = median(runs.map(({ all, without }) => without.seconds / all.seconds));
    const rowOf = (name: string, of: readonly ReplayRun[], overAlone: number) => ({
      name,
      cells: {
        'records/s': median(of.map(({ seconds }) => records / seconds)),
        'over none': overAlone,
        peak: Math.max(...of.map(({ peak }) => peak)),
      },
    });
    const all = rowOf(
      `all rules, ${correlating} of them correlate or only count`,
      runs.map((run) => run.all),
      ratio,
    );
    report.table({
      title: `replay of ${records.toLocaleString('en')} records${given === undefined ? ` by ${principals.toLocaleString('en')} principals` : ''}`,
      columns: { 'records/s': 'rate', 'over none': 'ratio', peak: 'megabytes' },
      rows: [
        all,
        rowOf(
          'without those',
          runs.map(({ without }) => without),
          1,
        ),
      ],
    });
    report.goal({
      figure: 'replay with correlations over the same without',
      measured: ratio,
      format: 'ratio',
      wanted: { atLeast: 0.5 },
    });
    report.goal({
      figure: 'peak memory of replay with correlations',
      measured: all.cells.peak,
      format: 'megabytes',
      wanted: { atMost: 512 },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const writeLogs = async (folder: string, report: Report): Promise<number> => {
  report.say(`\nWriting logs to ${folder}, where they are removed again.`);
  const writer = createLogWriter(await readVariedCorpus(), asSomebodyElse);
  return writer.writeFiles(folder, Array(files.count).fill(files.records)).records;
};

/** Gives a record to one of many principals, as the kind of principal that it is of. */
const asSomebodyElse = (record: CloudTrailRecord, random: Random): CloudTrailRecord => {
  const { userIdentity } = record;
  if (!isJsonObject(userIdentity)) return record;
  const number = random.int(0, principals - 1);
  const digits = String(number).padStart(6, '0');
  const renamed = (arn: unknown): unknown => (typeof arn === 'string' ? arn.replace(/[^/]*$/, `p${digits}`) : arn);
  const issuer = readField(record, ['userIdentity', 'sessionContext', 'sessionIssuer']);
  const session = isJsonObject(issuer)
    ? {
        sessionContext: {
          ...(userIdentity.sessionContext as object),
          sessionIssuer: { ...issuer, arn: renamed(issuer.arn) },
        },
      }
    : {};
  return {
    ...record,
    sourceIPAddress: `10.${(number >> 12) & 255}.${(number >> 4) & 255}.${random.int(1, 254)}`,
    userIdentity: { ...userIdentity, arn: renamed(userIdentity.arn), ...session },
  };
};

/** Takes rules out that correlate or are counted only; says how many there were. */
const removeCorrelations = (folder: string): number => {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^[^/]+\/[^/]+(?<!\.test)\.json$/.test(path),
  );
  const correlating = paths.filter((path) => {
    const { correlation, signal } = JSON.parse(readFileSync(join(folder, path), 'utf8'));
    return correlation !== undefined || signal === true;
  });
  for (const path of correlating) {
    for (const each of [path, path.replace(/\.json$/, '.test.json')]) rmSync(join(folder, each));
  }
  // These name rules that are gone.
  for (const each of ['coverage.json', 'frameworks']) rmSync(join(folder, each), { recursive: true, force: true });
  return correlating.length;
};
