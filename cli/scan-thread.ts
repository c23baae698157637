import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { littleRoom } from './little-memory.ts';
import type { FromWorker, ToWorker, WorkerStart } from './scan-worker.ts';

export type ScanThread = {
  readonly tell: (message: ToWorker) => void;
  readonly stop: () => Promise<void>;
};

type Hear = (message: FromWorker | Error, thread: ScanThread) => void;

/** Starts a thread that scans parcels; `hear` is told what it sends, or what ended it. */
export const startScanThread = (start: WorkerStart, hear: Hear): ScanThread => {
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), {
    workerData: start,
    resourceLimits: littleRoom,
  });
  const thread: ScanThread = {
    tell: (message) => worker.postMessage(message),
    stop: async () => {
      const ended = once(worker, 'exit');
      await worker.terminate();
      await ended;
    },
  };
  worker.on('message', (message: FromWorker) => hear(message, thread));
  worker.on('error', (error: Error) => hear(error, thread));
  return thread;
};
