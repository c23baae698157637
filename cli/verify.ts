import type { Status } from '../engine/integrity/judgement.ts';
import { plural } from '../engine/plural.ts';
import { shellWord } from '../engine/shell-word.ts';
import { gatherKeys, type KeyOptions } from './integrity/gather-keys.ts';
import { metadataEnding } from './integrity/read-signature.ts';
import { type ChainReport, type FileReport, verifyFiles } from './integrity/verify-files.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';

export type VerifyOptions = KeyOptions & { readonly format: 'text' | 'jsonl' };

const colors = { valid: 'green', modified: 'red', missing: 'red', unsigned: 'yellow' } as const satisfies Record<
  Status,
  string
>;
const width = 10;
const indent = ' '.repeat(width);

/**
 * `trailwire verify <path>...`: whether log files are as CloudTrail delivered them. 1 where a file is not valid or a chain
 * breaks, 2 when something could not be read or there was nothing.
 */
export const verify = async (paths: readonly string[], options: VerifyOptions, io: Io): Promise<number> => {
  const tally = createVerifyTally();
  const check = await gatherKeys(paths, options, (what, why) => io.err(`cannot get ${what}: ${why}`));
  for await (const report of verifyFiles(paths, check)) {
    if (report.kind === 'unreadable') {
      tally.unreadable();
      io.err(`cannot read ${report.place}: ${report.error.message}`);
      continue;
    }
    if (report.kind === 'chain') tally.chain(report);
    else tally.file(report);
    const lines =
      options.format === 'jsonl'
        ? jsonOf(report).map(jsonLine)
        : report.kind === 'chain'
          ? renderChain(report, io)
          : renderFile(report, io);
    for (const line of lines) io.out(line);
  }
  const { lines, code } = tally.end();
  for (const line of lines) io.err(line);
  return code;
};

const jsonOf = (report: FileReport | ChainReport): readonly object[] => {
  if (report.kind !== 'chain') {
    const { kind, path, address, judgement } = report;
    return [
      {
        kind,
        status: judgement.status,
        file: path,
        ...(address === undefined ? {} : { s3: `s3://${address}` }),
        reason: judgement.reason,
      },
    ];
  }
  const { name, digests, breaks, vouched } = report.chain;
  const chain = { folder: report.folder, s3: `s3://${report.origin}`, chain: name };
  return [
    ...breaks.map((each) => ({ kind: 'break', ...chain, ...each })),
    { kind: 'chain', ...chain, digests, vouched },
  ];
};

/** Of the files, those that are not valid: the others are many, and counted. */
const renderFile = ({ path, judgement: { status, reason } }: FileReport, io: Io): readonly string[] =>
  status === 'valid' ? [] : [`${io.color(colors[status], status.padEnd(width))}${path}`, `${indent}${reason}`];

const renderChain = ({ chain: { name, breaks } }: ChainReport, io: Io): readonly string[] =>
  breaks.flatMap(({ break: kind, from, to, reason }) => [
    `${io.color('red', 'BREAK'.padEnd(width))}${kind}, ${from} to ${to}, ${name}`,
    `${indent}${reason}`,
  ]);

const createVerifyTally = () => {
  const counts = { digest: new Map<Status, number>(), log: new Map<Status, number>() };
  const chains: string[] = [];
  let breaks = 0;
  let unreadable = 0;
  let unsigned: FileReport | undefined;
  let lacksKey = false;

  const countOf = (kind: FileReport['kind']): string => {
    const total = [...counts[kind].values()].reduce((sum, each) => sum + each, 0);
    const parts = statuses.flatMap((status) => {
      const count = counts[kind].get(status) ?? 0;
      return count === 0 ? [] : [`${count} ${status}`];
    });
    return `${plural(total, `${kind} file`)}${total === 0 ? '' : `: ${parts.join(', ')}`}`;
  };

  return {
    unreadable: (): void => {
      unreadable += 1;
    },
    chain: ({ origin, chain: { name, digests, breaks: found, vouched } }: ChainReport): void => {
      breaks += found.length;
      const spans = vouched.map(({ from, to }) => `${from} to ${to}`).join(', ');
      chains.push(
        `  ${name} in s3://${origin}: ${plural(digests, 'digest')}, valid for ${spans === '' ? 'no time' : spans}`,
      );
    },
    file: (report: FileReport): void => {
      const { kind, judgement } = report;
      counts[kind].set(judgement.status, (counts[kind].get(judgement.status) ?? 0) + 1);
      lacksKey ||= judgement.lacks === 'key';
      if (judgement.lacks === 'signature') unsigned ??= report;
    },
    end: (): { readonly lines: readonly string[]; readonly code: number } => {
      const isEmpty = counts.digest.size + counts.log.size === 0;
      const isFine =
        [...counts.digest.keys(), ...counts.log.keys()].every((status) => status === 'valid') && breaks === 0;
      return {
        lines: [
          '',
          countOf('digest'),
          countOf('log'),
          `${plural(chains.length, 'chain')}, ${plural(breaks, 'break')}${chains.length === 0 ? '' : ':'}`,
          ...chains,
          ...(lacksKey ? [keyHint] : []),
          ...(unsigned === undefined ? [] : [signatureHint(unsigned)]),
        ],
        code: unreadable > 0 || isEmpty ? 2 : isFine ? 0 : 1,
      };
    },
  };
};

const statuses: readonly Status[] = ['valid', 'modified', 'missing', 'unsigned'];

const keyHint =
  'Keys: --fetch-keys, or a file for each region, given with --keys: aws cloudtrail list-public-keys --region <region> --start-time <first day> > keys.json';

/** The command that brings the signature of the newest digest; what a digest says of itself is quoted for the shell. */
const signatureHint = ({ path, address = '' }: FileReport): string => {
  const slash = address.indexOf('/');
  const [bucket, key] = [address.slice(0, slash), address.slice(slash + 1)].map(shellWord);
  return `A signature: aws s3api head-object --bucket ${bucket} --key ${key} > ${shellWord(path + metadataEnding)}`;
};
