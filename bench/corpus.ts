import { join } from 'node:path';
import { readInputs } from '../cli/read-inputs.ts';
import { readRecords } from '../cli/read-records.ts';
import { readText } from '../engine/field.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { createRandom } from '../samples/cloudtrail/random.ts';

/** Records to measure with, each as the value and as the JSON text that it would arrive in. */
export type Corpus = {
  readonly name: string;
  readonly records: readonly CloudTrailRecord[];
  readonly texts: readonly string[];
};

const incident = join(import.meta.dirname, '../samples/incident');

/** The folder of real records, where there is one. */
// biome-ignore lint/style/noProcessEnv: run by hand; the variable names the folder of real records, as for the tests.
export const realRecords = process.env.TRAILWIRE_CORPUS;

/** As many as the caches of a processor do not hold; more would only take longer to read. */
const most = 5_000;

/**
 * The records of samples/incident and, where there are real ones, those as well. A real account does the same few things
 * all day, and this one was run by its root user: of one event and of root's, at most a hundred are taken.
 */
export const readVariedCorpus = async (): Promise<Corpus> => {
  const sample = await readAll(incident);
  if (realRecords === undefined) return corpusOf('samples/incident', sample);
  const real = [...(await readAll(join(realRecords, 'account/sans504.jsonl.gz'))), ...(await readRecordSets())];
  const counts = new Map<string, number>();
  const varied = shuffle('varied', [...sample, ...real]).filter((record) => {
    const kinds = [eventOf(record), ...(readText(record, 'userIdentity.type') === 'Root' ? ['Root'] : [])];
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return kinds.every((kind) => (counts.get(kind) ?? 0) <= 100);
  });
  return corpusOf('samples/incident and real records', varied);
};

/** Records of one real account in the proportions in which they came; `undefined` where there are none. */
export const readAccountCorpus = async (): Promise<Corpus | undefined> =>
  realRecords === undefined
    ? undefined
    : corpusOf('one real account', await readAll(join(realRecords, 'account/sans504.jsonl.gz')));

/** The event of a record as `source name`. */
export const eventOf = (record: CloudTrailRecord): string => `${record.eventSource} ${record.eventName}`;

/** Always in the same random order: whoever gets through only some of the records has a fair sample of all. */
export const corpusOf = (name: string, all: readonly CloudTrailRecord[]): Corpus => {
  const records = shuffle(name, all).slice(0, most);
  return { name, records, texts: records.map((record) => JSON.stringify(record)) };
};

const readRecordSets = (): Promise<readonly CloudTrailRecord[]> => readAll(join(realRecords ?? '', 'records'));

const readAll = async (path: string): Promise<readonly CloudTrailRecord[]> => {
  const records: CloudTrailRecord[] = [];
  for await (const item of readRecords(readInputs([path]))) {
    if (item.kind === 'delivery') records.push(item.delivery.record);
    if (item.kind === 'unreadable') throw item.error;
  }
  return records;
};

const shuffle = (name: string, records: readonly CloudTrailRecord[]): readonly CloudTrailRecord[] => {
  const shuffled = [...records];
  const random = createRandom(name);
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    [shuffled[last], shuffled[other]] = [shuffled[other] as CloudTrailRecord, shuffled[last] as CloudTrailRecord];
  }
  return shuffled;
};
