import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Real records that are not part of the project; `TRAILWIRE_CORPUS` says where they lie. */
export const corpus = (...path: readonly string[]): string => {
  const root = process.env.TRAILWIRE_CORPUS;
  if (!root) throw new Error('TRAILWIRE_CORPUS is not set: these tests need the folder of real records');
  return join(root, ...path);
};

/** The lines of a .jsonl or .jsonl.gz file as values. */
export const readJsonLines = <T>(path: string): readonly T[] => {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
};
