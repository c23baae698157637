import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ConfigError, messageOf } from '../../engine/errors.ts';
import type { CheckSignature } from '../../engine/integrity/chain.ts';
import { renderIssue } from '../../engine/schema-issue.ts';

const keyList = z.object({
  PublicKeyList: z.array(z.object({ Fingerprint: z.string(), Value: z.base64() })),
});

/**
 * Reads files with what `aws cloudtrail list-public-keys` prints into a check of signatures by these keys. They are what all
 * trust hangs on: AWS gives them out, a copy of the bucket must not. Throws ConfigError where a file is not such.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PublicKey.html
 */
export const readKeys = (paths: readonly string[]): CheckSignature => {
  const keys = new Map(paths.flatMap(readKeyList));
  return (fingerprint, text, signature) => {
    const key = keys.get(fingerprint);
    if (key === undefined) return 'no key';
    return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'hex')) ? 'holds' : 'fails';
  };
};

const readKeyList = (path: string): readonly (readonly [string, KeyObject])[] => {
  const list = keyList.safeParse(readJson(path));
  if (!list.success) {
    const problems = list.error.issues.map(renderIssue).map(({ path: at, message }) => `${at}: ${message}`);
    throw invalid(path, problems.join('; '));
  }
  return list.data.PublicKeyList.map(({ Fingerprint, Value }) => [Fingerprint, toKey(path, Fingerprint, Value)]);
};

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(path, messageOf(error), error);
  }
};

const toKey = (path: string, fingerprint: string, value: string): KeyObject => {
  try {
    return createPublicKey({ key: Buffer.from(value, 'base64'), format: 'der', type: 'pkcs1' });
  } catch (error) {
    throw invalid(path, `key ${fingerprint} is no RSA key in PKCS#1: ${messageOf(error)}`, error);
  }
};

const invalid = (path: string, why: string, cause?: unknown): ConfigError =>
  new ConfigError('CONFIG_INVALID', `${path}: expected what aws cloudtrail list-public-keys prints; ${why}`, { cause });
