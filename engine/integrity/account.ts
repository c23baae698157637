import { type Break, type ChainReport, type CheckSignature, judgeChain, type Link } from './chain.ts';
import { addressOf } from './digest.ts';
import type { Judgement } from './judgement.ts';
import { betterClaim, type Claim } from './log-claims.ts';
import { originOf } from './place.ts';

/** A digest file below the folder of an account: what it holds, or why it cannot be used. */
export type DigestFile = { readonly within: string } & ({ readonly link: Link } | { readonly damage: string });

/** The digests of one trail, account and region, named as its files are, without their times. */
export type Chain = {
  readonly name: string;
  readonly digests: number;
  readonly breaks: readonly Break[];
  readonly vouched: ChainReport['vouched'];
};

export type AccountReport = {
  readonly chains: readonly Chain[];
  /** The digests that are there, and those that others name, by their address (`bucket/key`). */
  readonly digests: readonly { readonly address: string; readonly judgement: Judgement }[];
  /** What digests say of log files, by the address of the log file. */
  readonly claims: ReadonlyMap<string, Claim>;
  /** `bucket/key` up to the account; `undefined` where no digest says it. */
  readonly origin: string | undefined;
};

/** Judges all digests of one account folder, whichever trails and regions they are of. */
export const judgeAccount = (
  folder: string,
  files: readonly DigestFile[],
  checkSignature: CheckSignature,
): AccountReport => {
  const usable = files.flatMap((file) => ('link' in file ? [{ within: file.within, digest: file.link.digest }] : []));
  const origin = originOf(folder, usable);
  const addressAt = (within: string): string => `${origin ?? folder}/${within}`;
  const present = new Set(files.map(({ within }) => addressAt(within)));
  const isInPlace = (file: DigestFile): file is DigestFile & { readonly link: Link } =>
    'link' in file && addressOf(file.link.digest) === addressAt(file.within);

  const digests = files
    .filter((file) => !isInPlace(file))
    .map((file) => ({ address: addressAt(file.within), judgement: judgeOutcast(file) }));
  const claims = new Map<string, Claim>();
  const chains = [...Map.groupBy(files.filter(isInPlace), ({ within }) => chainNameOf(within))].map(
    ([name, members]) => {
      const links = members.map(({ link }) => link);
      const report = judgeChain(links, checkSignature, (address) => present.has(address));
      for (const [index, { digest }] of links.entries()) {
        const judgement = report.judgements[index] as Judgement;
        digests.push({ address: addressOf(digest), judgement });
        for (const { s3Bucket, s3Object, hashValue } of digest.logFiles) {
          const address = `${s3Bucket}/${s3Object}`;
          const claim = { hash: hashValue, digest: fileNameOf(digest.digestS3Object), standing: judgement.status };
          claims.set(address, betterClaim(claims.get(address), claim));
        }
      }
      for (const address of report.missing)
        digests.push({ address, judgement: { status: 'missing', reason: 'the digest after it names it' } });
      return { name, digests: links.length, breaks: report.breaks, vouched: report.vouched };
    },
  );
  return { chains, digests, claims, origin };
};

const judgeOutcast = (file: DigestFile): Judgement =>
  'damage' in file
    ? { status: 'modified', reason: file.damage }
    : { status: 'modified', reason: `it was delivered as s3://${addressOf(file.link.digest)}, not where it lies` };

const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Backfill digests, which list what came late, are chains of their own. */
const chainNameOf = (within: string): string =>
  fileNameOf(within)
    .replace(/_\d{8}T\d{6}Z/, '')
    .replace(/\.json\.gz$/, '');
