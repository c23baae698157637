import { replay } from '../../cli/replay.ts';
import type { Finding } from '../../engine/ocsf.ts';
import { createTerminal } from '../cli/terminal.ts';

/** Replays paths with the shipped rules and keeps what the command would print. */
export const replayFindings = async (...paths: readonly string[]) => {
  const { io, out, err } = createTerminal();
  const code = await replay(paths, { rules: 'rules', format: 'jsonl' }, io);
  return { code, findings: out.map((line) => JSON.parse(line) as Finding), summary: err.join('\n') };
};
