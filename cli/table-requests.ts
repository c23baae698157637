import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { expirationOf, signalItemId } from '../engine/signal-item.ts';
import type { SignalSet } from './sqlite-signal-store.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const itemsPerRequest = 25;

/** Throws ConfigError where requests of an earlier run lie: all of the folder is put into the table, and theirs would undo newer ones. */
export const refuseEarlierRequests = (folder: string): void => {
  if (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.json'))) return;
  throw new ConfigError(
    'CONFIG_INVALID',
    `${folder} has requests of an earlier run: name another folder, or remove it`,
  );
};

/**
 * Writes sets as requests that `aws dynamodb batch-write-item` takes, a file each: the command line makes no calls to AWS of its
 * own. Gives the number of files.
 */
export const writeTableRequests = (folder: string, table: string, sets: Iterable<SignalSet>): number => {
  mkdirSync(folder, { recursive: true });
  let requests: object[] = [];
  let files = 0;
  const write = (): void => {
    if (requests.length === 0) return;
    files += 1;
    writeFileSync(join(folder, `${String(files).padStart(6, '0')}.json`), JSON.stringify({ [table]: requests }));
    requests = [];
  };
  for (const { key, texts, expiresAt } of sets) {
    const Item = {
      id: { S: signalItemId(key) },
      texts: { SS: texts },
      expiration: { N: String(expirationOf(expiresAt)) },
    };
    requests.push({ PutRequest: { Item } });
    if (requests.length === itemsPerRequest) write();
  }
  write();
  return files;
};
