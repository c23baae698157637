import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { type FieldPath, parseFieldPath, readField } from '../field.ts';
import { fieldPathForm } from '../leaf-value.ts';
import type { CloudTrailRecord } from '../record.ts';

/**
 * A field that groups or counts matches: a path, or the first that is there of `one|other`; behind `network:` the /24 or
 * /48 that an address is in, since people and attackers change addresses more often than networks.
 */
export type KeyField = readonly { readonly path: FieldPath; readonly isNetwork: boolean }[];

const networkPrefix = 'network:';

const alternativesOf = (text: string): readonly string[] => text.split('|');
const pathIn = (alternative: string): string =>
  alternative.startsWith(networkPrefix) ? alternative.slice(networkPrefix.length) : alternative;

/** Whether a text has the form of a key field. */
export const isKeyField = (text: string): boolean =>
  alternativesOf(text).every((alternative) => fieldPathForm.test(pathIn(alternative)));

/** Parses a text that `isKeyField` takes. */
export const parseKeyField = (text: string): KeyField =>
  alternativesOf(text).map((alternative) => ({
    path: parseFieldPath(pathIn(alternative)),
    isNetwork: alternative.startsWith(networkPrefix),
  }));

/** Longer values are cut and told apart by a hash: attackers choose user agents, and state is not theirs to fill. */
const maxLength = 120;

const textOf = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= maxLength) return text;
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return `${text.slice(0, maxLength - 20)}...#${digest}`.toWellFormed();
};

/** The /24 of an IPv4 and the /48 of an IPv6 address; nothing for the names that services have in place of one. */
export const networkOf = (address: unknown): string | undefined => {
  if (typeof address !== 'string') return undefined;
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(address)) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return networkOf(mapped);
  return `${groupsOf(address).slice(0, 3).join(':')}::/48`;
};

/** The eight groups of an IPv6 address, without leading zeros. */
const groupsOf = (address: string): readonly string[] => {
  const [before = '', after] = (address.split('%', 1)[0] ?? '').toLowerCase().split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(before), groups(after ?? '')];
  const missing = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array(missing).fill('0'), ...tail].map((group) => group.replace(/^0+(?=.)/, ''));
};

/** The distinct values of a key field, as texts in order: none where it is missing, several where it is a list. */
export const readKeyField = (record: CloudTrailRecord, field: KeyField): readonly string[] => {
  for (const { path, isNetwork } of field) {
    const found = readField(record, path);
    if (found === undefined) continue;
    const values = Array.isArray(found) ? found : [found];
    const texts = isNetwork ? values.map(networkOf).filter((network) => network !== undefined) : values.map(textOf);
    if (texts.length > 0) return texts.length === 1 ? texts : [...new Set(texts)].sort();
  }
  return [];
};
