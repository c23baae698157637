import type { CheckSignature } from '../../engine/integrity/chain.ts';
import { oneLine } from '../../engine/template.ts';
import { type Found, findLogFiles } from '../find-log-files.ts';
import { verifyFiles } from './verify-files.ts';

/**
 * The log files at or below paths that are as CloudTrail delivered them, in the order in which all would be read. `refuse` hears of all others, and of digests that do
 * not hold and times that no digest covers: what was taken away cannot be read.
 */
export const findVerifiedFiles = async (
  paths: readonly string[],
  check: CheckSignature,
  refuse: (what: string, why: string) => void,
): Promise<readonly Found[]> => {
  const valid = new Set<string>();
  for await (const report of verifyFiles(paths, check)) {
    if (report.kind === 'unreadable') refuse(`unreadable ${report.place}`, oneLine(report.error.message));
    else if (report.kind === 'chain') {
      const { name, breaks } = report.chain;
      for (const { break: kind, from, to, reason } of breaks) refuse(`${kind} ${from} to ${to}, ${name}`, reason);
    } else {
      const { kind, path, judgement } = report;
      if (judgement.status !== 'valid') refuse(`${judgement.status} ${path}`, oneLine(judgement.reason ?? ''));
      else if (kind === 'log') valid.add(path);
    }
  }
  const isValid = (found: Found): boolean => found.kind === 'file' && valid.has(found.path);
  return paths.flatMap((path) => [...findLogFiles(path)].filter(isValid));
};
