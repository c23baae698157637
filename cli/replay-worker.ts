import { workerData } from 'node:worker_threads';
import { createIo } from './io.ts';
import { replay } from './replay.ts';
import type { ReplayStart } from './replay-thread.ts';
import { tellFailure } from './tell-failure.ts';

const { paths, options, stdout, stderr } = workerData as ReplayStart;
const io = createIo({
  stdout: Object.assign(process.stdout, stdout),
  stderr: Object.assign(process.stderr, stderr),
});
process.exitCode = await replay(paths, options, io).catch((error: unknown) => tellFailure(error, io));
