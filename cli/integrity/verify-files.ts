import { EventError, messageOf } from '../../engine/errors.ts';
import { type Chain, type DigestFile, judgeAccount } from '../../engine/integrity/account.ts';
import type { CheckSignature } from '../../engine/integrity/chain.ts';
import type { Judgement } from '../../engine/integrity/judgement.ts';
import { absent, judgeLog, unlisted } from '../../engine/integrity/log-claims.ts';
import { type Unreadable, unreadable } from '../input.ts';
import { type Account, findAccounts, type PlacedFile } from './find-accounts.ts';
import { readDigest } from './read-digest.ts';
import { readSignature } from './read-signature.ts';
import { hashFile } from './unpack-file.ts';

/** What is said of one file; `address` is `bucket/key`, where that is known. */
export type FileReport = {
  readonly kind: 'digest' | 'log';
  readonly path: string;
  readonly bytes: number;
  readonly address?: string;
  readonly judgement: Judgement;
};
/** `origin` is the `bucket/key` that the folder of the account was copied from, as its digests say. */
export type ChainReport = {
  readonly kind: 'chain';
  readonly folder: string;
  readonly origin: string;
  readonly chain: Chain;
};
export type Report = FileReport | ChainReport | Unreadable;

/** Checks all that lies at or below paths against the digests that lie there, an account at a time. */
export async function* verifyFiles(paths: readonly string[], check: CheckSignature): AsyncGenerator<Report> {
  for (const found of findAccounts(paths)) {
    if (found.kind === 'unreadable') yield found;
    else if (found.kind === 'account') yield* verifyAccount(found, check);
    else {
      const judgement = { status: 'unsigned', reason: 'it does not lie in CloudTrail’s layout of folders' } as const;
      yield { kind: 'log', path: found.path, bytes: 0, judgement };
    }
  }
}

async function* verifyAccount(
  { folder, shown, digests, logs }: Account,
  check: CheckSignature,
): AsyncGenerator<Report> {
  const files: DigestFile[] = [];
  for (const { path, within } of digests) {
    const read = await attempt(path, () => readDigest(path, within));
    if ('error' in read) {
      yield read;
      continue;
    }
    const signature = 'link' in read ? await attempt(path, () => readSignature(path)) : undefined;
    if (typeof signature === 'object') yield signature;
    files.push('link' in read && typeof signature === 'string' ? { ...read, link: { ...read.link, signature } } : read);
  }

  const report = judgeAccount(folder, files, check);
  const root = `${report.origin ?? folder}/`;
  const pathOf = (address: string): string =>
    address.startsWith(root) ? `${shown}/${address.slice(root.length)}` : `s3://${address}`;
  const reportOf = (
    address: string,
    judgement: Judgement,
    kind: FileReport['kind'],
    file?: PlacedFile,
  ): FileReport => ({
    kind,
    path: file?.path ?? pathOf(address),
    bytes: file?.bytes ?? 0,
    ...(report.origin === undefined ? {} : { address }),
    judgement,
  });

  for (const { address, judgement } of report.digests) yield reportOf(address, judgement, 'digest');
  for (const chain of report.chains) yield { kind: 'chain', folder: shown, origin: report.origin ?? '', chain };

  const unseen = new Map(report.claims);
  for (const file of logs) {
    const address = root + file.within;
    const claim = unseen.get(address);
    unseen.delete(address);
    const judgement = await attempt(file.path, async () =>
      claim === undefined ? unlisted : judgeLog(claim, await hashFile(file.path)),
    );
    yield 'error' in judgement ? judgement : reportOf(address, judgement, 'log', file);
  }
  for (const [address, claim] of unseen) yield reportOf(address, absent(claim), 'log');
}

/** What cannot be read at all is named, and the rest goes on. */
const attempt = async <T>(path: string, act: () => T | Promise<T>): Promise<T | Unreadable> => {
  try {
    return await act();
  } catch (error) {
    if (error instanceof EventError) return { kind: 'unreadable', place: path, error };
    return unreadable(path, 'EVENT_UNREADABLE', messageOf(error), error);
  }
};
