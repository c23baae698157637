import { join } from 'node:path';
import { readInputs } from '../cli/read-inputs.ts';
import { readRecords } from '../cli/read-records.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { createRandom } from '../samples/cloudtrail/random.ts';

/** Records to measure with, each as the value and as the JSON text that it would arrive in. */
export type Corpus = {
  readonly name: string;
  readonly records: readonly CloudTrailRecord[];
  readonly texts: readonly string[];
};

/** Reads logs and shuffles their records, always alike: whoever gets through only some of them has a fair sample of all. */
export const readCorpus = async (name: string, ...path: readonly string[]): Promise<Corpus> => {
  const records: CloudTrailRecord[] = [];
  for await (const item of readRecords(readInputs([join(...path)]))) {
    if (item.kind === 'delivery') records.push(item.delivery.record);
    if (item.kind === 'unreadable') throw item.error;
  }
  const random = createRandom(name);
  for (let last = records.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    [records[last], records[other]] = [records[other] as CloudTrailRecord, records[last] as CloudTrailRecord];
  }
  return { name, records, texts: records.map((record) => JSON.stringify(record)) };
};
