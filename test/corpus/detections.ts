import { readFileSync } from 'node:fs';
import { corpus } from './corpus.ts';

/** A row of the table of known detections: column -> text. */
export type KnownDetection = Readonly<Record<string, string>>;

/** A cell of RFC 4180 and what ends it: quoted, with quotes doubled, or plain. */
const cell = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/g;

/** What public packs detect, and what none does: `detections.csv`. */
export const readDetections = (): readonly KnownDetection[] => {
  const rows: string[][] = [[]];
  for (const [all, quoted, plain = '', end = ''] of readFileSync(corpus('detections.csv'), 'utf8').matchAll(cell)) {
    if (all === '') break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  const [columns = [], ...table] = rows.filter((row) => row.length > 1);
  return table.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])));
};
