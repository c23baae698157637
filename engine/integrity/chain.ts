import { addressOf, type Digest, previousAddressOf, signedTextOf } from './digest.ts';
import type { Judgement } from './judgement.ts';

/** A digest as it was found, in its place. */
export type Link = {
  readonly digest: Digest;
  /** SHA-256 of its uncompressed bytes. */
  readonly hash: string;
  /** Its signature in hex, where the copy kept it. */
  readonly signature?: string;
};

export type SignatureCheck = 'holds' | 'fails' | 'no key';
/** Whether a signature of a text was made with the private half of the key that has this fingerprint. */
export type CheckSignature = (fingerprint: string, text: string, signature: string) => SignatureCheck;

/** A time for which the chain does not say that nothing is lacking. */
export type Break = {
  readonly break: 'restarted' | 'digest missing' | 'gap' | 'overlap' | 'previous differs' | 'not in chain';
  readonly from: string;
  readonly to: string;
  readonly reason: string;
};

export type ChainReport = {
  /** One judgement for each link, in the order in which they were given. */
  readonly judgements: readonly Judgement[];
  /** Addresses (`bucket/key`) of digests that others name as the one before them, and that are not there. */
  readonly missing: readonly string[];
  readonly breaks: readonly Break[];
  /** Times that valid digests cover without a break, oldest first. */
  readonly vouched: readonly { readonly from: string; readonly to: string }[];
};

type Judged = { readonly link: Link; readonly judgement: Judgement };

/**
 * Judges the digests of one chain: those of one trail, account and region, backfill apart. They are taken newest first,
 * since each carries the signature and the hash of the one before it. `isPresent` tells of an address whether any digest
 * file lies there, usable or not.
 */
export const judgeChain = (
  links: readonly Link[],
  checkSignature: CheckSignature,
  isPresent: (address: string) => boolean,
): ChainReport => {
  const ordered = links.toSorted((one, other) => endOf(other) - endOf(one));
  const judged = new Map<string, Judged>();
  /** By the address of a digest, the newest that names it as the one before. */
  const followers = new Map<string, Judged>();
  for (const link of ordered) {
    const address = addressOf(link.digest);
    const one = { link, judgement: judgeLink(link, followers.get(address), checkSignature) };
    judged.set(address, one);
    const previous = previousAddressOf(link.digest);
    if (previous !== undefined && !followers.has(previous)) followers.set(previous, one);
  }
  const all = [...judged.values()];
  const missing = new Set<string>();
  const breaks = all.flatMap((one, index): readonly Break[] => {
    const older = all[index + 1];
    const newer = all[index - 1];
    const previous = previousAddressOf(one.link.digest);
    // What a changed digest says of the one before it is worth nothing.
    if (one.judgement.status === 'modified') return [];
    const stray = isStray(one, newer, followers, judged) ? [breakAt('not in chain', one.link.digest)] : [];
    if (previous === undefined) return older === undefined ? stray : [...stray, between('restarted', older, one)];
    const before = judged.get(previous);
    if (before !== undefined) return [...stray, ...breaksOfLink(before, one)];
    // The first digest of a copy refers to one that was not copied.
    if (isPresent(previous) || older === undefined) return stray;
    missing.add(previous);
    return [...stray, between('digest missing', older, one)];
  });
  return {
    judgements: links.map(({ digest }) => (judged.get(addressOf(digest)) as Judged).judgement),
    missing: [...missing],
    breaks: breaks.toReversed(),
    vouched: vouchedOf(all.toReversed()),
  };
};

const judgeLink = (link: Link, follower: Judged | undefined, check: CheckSignature): Judgement => {
  const { digest, hash } = link;
  const heir = follower?.judgement.status === 'modified' ? undefined : follower?.link.digest;
  const signature = link.signature ?? heir?.previousDigestSignature ?? undefined;
  const fingerprint = digest.digestPublicKeyFingerprint;
  const found = signature === undefined ? undefined : check(fingerprint, signedTextOf(digest, hash), signature);
  if (found === 'holds') return { status: 'valid' };
  if (found === 'fails')
    return { status: 'modified', reason: `its signature is not that of key ${fingerprint} over it` };
  if (heir !== undefined && heir.previousDigestHashValue !== hash) {
    return {
      status: 'modified',
      reason: `the digest after it says SHA-256 ${heir.previousDigestHashValue}, not ${hash}`,
    };
  }
  if (found === 'no key') return { status: 'unsigned', reason: `no key ${fingerprint} was given`, lacks: 'key' };
  return {
    status: 'unsigned',
    lacks: 'signature',
    reason:
      follower === undefined
        ? 'its signature is not in this copy, and no digest after it carries it'
        : 'its signature is not in this copy, and the digest after it does not hold',
  };
};

/** What does not fit between two digests of which one names the other. */
const breaksOfLink = (before: Judged, one: Judged): readonly Break[] => {
  if (before.judgement.status === 'modified') return [];
  const { previousDigestHashValue, previousDigestSignature } = one.link.digest;
  const differs =
    previousDigestHashValue !== before.link.hash ||
    (before.link.signature !== undefined && before.link.signature !== previousDigestSignature);
  const gap = startOf(one.link) - endOf(before.link);
  return [
    ...(differs ? [breakAt('previous differs', before.link.digest)] : []),
    ...(gap > 0 ? [between('gap', before, one)] : []),
    ...(gap < 0 ? [between('overlap', before, one)] : []),
  ];
};

/** Whether the digest after one in time refers past it, to an older one that is there. */
const isStray = (
  { link }: Judged,
  newer: Judged | undefined,
  followers: ReadonlyMap<string, unknown>,
  judged: ReadonlyMap<string, unknown>,
): boolean => {
  if (newer === undefined || newer.judgement.status === 'modified' || followers.has(addressOf(link.digest)))
    return false;
  const previous = previousAddressOf(newer.link.digest);
  return previous !== undefined && judged.has(previous);
};

const reasons = {
  restarted: 'a chain ends and another begins: log file validation or logging was off, and no digest covers this time',
  'digest missing': 'a digest that the next one names is not there',
  gap: 'no digest covers this time, though the next one names the last one as the one before it',
  overlap: 'two digests that follow each other cover this time',
  'previous differs': 'the digest of this time is not the one that the next digest was written after',
  'not in chain': 'no digest names the digest of this time as the one before it',
} as const satisfies Record<Break['break'], string>;

const breakAt = (kind: Break['break'], { digestStartTime, digestEndTime }: Digest): Break => ({
  break: kind,
  from: digestStartTime,
  to: digestEndTime,
  reason: reasons[kind],
});

const between = (kind: Break['break'], before: Judged, one: Judged): Break => {
  const ends = [before.link.digest.digestEndTime, one.link.digest.digestStartTime] as const;
  const [from, to] = kind === 'overlap' ? [ends[1], ends[0]] : ends;
  return { break: kind, from, to, reason: reasons[kind] };
};

const endOf = ({ digest }: Link): number => Date.parse(digest.digestEndTime);
const startOf = ({ digest }: Link): number => Date.parse(digest.digestStartTime);

const vouchedOf = (oldestFirst: readonly Judged[]): ChainReport['vouched'] => {
  const spans: { from: string; to: string }[] = [];
  let before: Digest | undefined;
  for (const { link, judgement } of oldestFirst) {
    const { digest } = link;
    const last = spans.at(-1);
    if (judgement.status !== 'valid') before = undefined;
    else {
      const follows = before !== undefined && previousAddressOf(digest) === addressOf(before);
      if (last !== undefined && follows && digest.digestStartTime === last.to) last.to = digest.digestEndTime;
      else spans.push({ from: digest.digestStartTime, to: digest.digestEndTime });
      before = digest;
    }
  }
  return spans;
};
