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

/** Groups the files at or below paths by account folder; one account is in memory at a time. */
export function* findAccounts(paths: readonly string[]): Generator<Account | Unplaced | Unreadable> {
  let account: Account | undefined;
  // In order, so that folders of one account that are named apart come after each other.
  for (const path of paths.toSorted((one, other) => (resolve(one) < resolve(other) ? -1 : 1))) {
    for (const found of findLogFiles(path)) {
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
      if (account?.folder !== folder) {
        if (account !== undefined) yield account;
        account = { kind: 'account', folder, shown: shownFolder(found.path, within, folder), digests: [], logs: [] };
      }
      account[isDigest ? 'digests' : 'logs'].push({ path: found.path, within, bytes: found.bytes });
    }
  }
  if (account !== undefined) yield account;
}

const shownFolder = (path: string, within: string, folder: string): string =>
  path.endsWith(`/${within}`) ? path.slice(0, -within.length - 1) : folder;
