import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ConfigError, messageOf } from '../../engine/errors.ts';
import type { CheckSignature } from '../../engine/integrity/chain.ts';
import { renderIssue } from '../../engine/schema-issue.ts';
import { fetchKeys } from './fetch-keys.ts';
import { createCheck, type Key, toKey } from './key.ts';

export type KeyOptions = {
  /** Files with what `aws cloudtrail list-public-keys` prints. */
  readonly keys: readonly string[];
  /** Ask AWS for the keys of the digests too. */
  readonly fetchKeys?: boolean;
};

const keyList = z.object({
  PublicKeyList: z.array(z.object({ Fingerprint: z.string(), Value: z.base64() })),
});

/**
 * Gathers the keys for the digests at or below paths into a check of signatures. `refuse` hears of regions whose keys could not
 * be had. Throws ConfigError where a source is no such.
 */
export const gatherKeys = async (
  paths: readonly string[],
  options: KeyOptions,
  refuse: (what: string, why: string) => void,
): Promise<CheckSignature> => {
  const given = options.keys.flatMap(readKeyList);
  return createCheck([...given, ...(options.fetchKeys === true ? await fetchKeys(paths, refuse) : [])]);
};

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PublicKey.html */
const readKeyList = (path: string): readonly Key[] => {
  const list = keyList.safeParse(readJson(path));
  if (!list.success) {
    const problems = list.error.issues.map(renderIssue).map(({ path: at, message }) => `${at}: ${message}`);
    throw invalid(path, problems.join('; '));
  }
  return list.data.PublicKeyList.map(({ Fingerprint, Value }) =>
    toKey(path, Fingerprint, Buffer.from(Value, 'base64')),
  );
};

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(path, messageOf(error), error);
  }
};

const invalid = (path: string, why: string, cause?: unknown): ConfigError =>
  new ConfigError('CONFIG_INVALID', `${path}: expected what aws cloudtrail list-public-keys prints; ${why}`, { cause });
