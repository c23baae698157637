import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../engine/errors.ts';
import { inTimeOrder, timeInName } from './in-time-order.ts';
import { type Unreadable, unreadable } from './input.ts';

const logFile = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i;

/** Its size in bytes is 0 for pipes and the like. */
export type LogFile = { readonly kind: 'file'; readonly path: string; readonly bytes: number };
export type Found = LogFile | Unreadable;

/**
 * Log files at or below a path, in a stable order: by the time in their names, across accounts and regions, since what spans
 * them is only found in order. What has no time in its name comes first, files before folders, by the alphabet. What is named itself is read whatever it is; in folders the name
 * decides, and pipes, sockets and devices are left alone.
 */
export function* findLogFiles(path: string): Generator<Found> {
  let isFound = false;
  for (const found of walk(path, new Set(), true)) {
    isFound = true;
    yield found;
  }
  if (!isFound) {
    yield unreadable(path, 'EVENT_UNREADABLE', 'no file in it ends in .json, .jsonl or .ndjson, with or without .gz');
  }
}

function* walk(path: string, visited: Set<string>, isNamed: boolean): Generator<Found> {
  let names: readonly string[];
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) {
      if (isNamed || (stats.isFile() && logFile.test(path))) yield { kind: 'file', path, bytes: stats.size };
      return;
    }
    const real = realpathSync(path);
    if (visited.has(real)) {
      yield unreadable(path, 'EVENT_UNREADABLE', `a link to ${real}, which is read already`);
      return;
    }
    visited.add(real);
    names = readdirSync(path).sort();
  } catch (error) {
    yield unreadable(path, 'EVENT_UNREADABLE', messageOf(error), error);
    return;
  }
  const walkAll = function* (some: readonly string[]): Generator<Found> {
    for (const name of some) yield* walk(join(path, name), visited, false);
  };
  const { dates = [], files = [], others = [] } = Object.groupBy(names, kindOfName);
  const byTime = files.sort((one, other) => compare(timeInName(one), timeInName(other)));
  const sequences = [walkAll(byTime), walkAll(dates), ...others.map((name) => walkAll([name]))];
  yield* inTimeOrder(sequences, (found) => (found.kind === 'file' ? timeInName(found.path) : ''));
}

/** Folders of years, months and days are read one after the other: to merge them, all would have to be open at once. */
const kindOfName = (name: string): 'dates' | 'files' | 'others' => {
  if (/^(?:\d{4}|\d{2})$/.test(name)) return 'dates';
  return logFile.test(name) ? 'files' : 'others';
};

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
