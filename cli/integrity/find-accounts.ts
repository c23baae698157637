import { resolve } from 'node:path';
import { placeOf } from '../../engine/integrity/place.ts';
import { findLogFiles } from '../find-log-files.ts';
import type { Unreadable } from '../input.ts';
import { metadataEnding } from './read-signature.ts';

export type PlacedFile = { readonly path: string; readonly within: string; readonly bytes: number };

/** All files of one account folder: digests of every trail and region, and the log files they may speak of. */
export type Account = {
  readonly kind: 'account';
  readonly folder: string;
  /** The same folder as the user named it. */
  readonly shown: string;
  readonly digests: PlacedFile[];
  readonly logs: PlacedFile[];
};

/** A log file whose path does not say where in a bucket it lay. */
export type Unplaced = { readonly kind: 'unplaced'; readonly path: string };

/** Groups the files at or below paths by account folder. */
export function* findAccounts(paths: readonly string[]): Generator<Account | Unplaced | Unreadable> {
  const accounts = new Map<string, Account>();
  for (const found of paths.flatMap((path) => [...findLogFiles(path)])) {
    if (found.kind === 'unreadable') {
      yield found;
      continue;
    }
    if (found.path.endsWith(metadataEnding)) continue;
    const place = placeOf(resolve(found.path));
    if (place === undefined) {
      yield { kind: 'unplaced', path: found.path };
      continue;
    }
    const { folder, within, isDigest } = place;
    const account = accounts.get(folder) ?? createAccount(folder, shownFolder(found.path, within, folder));
    accounts.set(folder, account);
    account[isDigest ? 'digests' : 'logs'].push({ path: found.path, within, bytes: found.bytes });
  }
  yield* accounts.values();
}

const createAccount = (folder: string, shown: string): Account => ({
  kind: 'account',
  folder,
  shown,
  digests: [],
  logs: [],
});

const shownFolder = (path: string, within: string, folder: string): string =>
  path.endsWith(`/${within}`) ? path.slice(0, -within.length - 1) : folder;
