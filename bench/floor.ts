import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findLogFiles } from '../cli/find-log-files.ts';

/** What anybody writes to read CloudTrail's files: no rules, no checks. Gives the number of records. */
export const readPlainly = (folder: string): number => {
  let records = 0;
  for (const found of findLogFiles(folder)) {
    if (found.kind === 'unreadable') throw found.error;
    const { Records } = JSON.parse(gunzipSync(readFileSync(found.path)).toString('utf8')) as { Records: unknown[] };
    records += Records.length;
  }
  return records;
};
