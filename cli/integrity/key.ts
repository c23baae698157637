import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ConfigError, messageOf } from '../../engine/errors.ts';
import type { CheckSignature } from '../../engine/integrity/chain.ts';

/** A public key with the fingerprint by which digests name it. */
export type Key = readonly [fingerprint: string, key: KeyObject];

/** Takes the DER of an RSA key in PKCS#1; throws ConfigError, naming where it is from, for anything else. */
export const toKey = (from: string, fingerprint: string, der: Uint8Array): Key => {
  try {
    return [fingerprint, createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' })];
  } catch (error) {
    const message = `${from}: key ${fingerprint} is no RSA key in PKCS#1: ${messageOf(error)}`;
    throw new ConfigError('CONFIG_INVALID', message, { cause: error });
  }
};

/** A check of signatures by keys. They are what all trust hangs on: AWS gives them out, a copy of the bucket must not. */
export const createCheck = (all: readonly Key[]): CheckSignature => {
  const keys = new Map(all);
  return (fingerprint, text, signature) => {
    const key = keys.get(fingerprint);
    if (key === undefined) return 'no key';
    return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'hex')) ? 'holds' : 'fails';
  };
};
