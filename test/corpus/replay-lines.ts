import type { Io } from '../../cli/io.ts';
import { replay } from '../../cli/replay.ts';
import type { Finding } from '../../engine/ocsf.ts';

/** Replays paths with the shipped rules and keeps what the command would print. */
export const replayFindings = async (...paths: readonly string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    color: (_, text) => text,
    now: Date.now,
  };
  const code = await replay(paths, { rules: 'rules', format: 'jsonl' }, io);
  return { code, findings: out.map((line) => JSON.parse(line) as Finding), summary: err.join('\n') };
};
