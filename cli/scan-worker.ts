import { parentPort, workerData } from 'node:worker_threads';
import { createDetector, type DetectorContent } from '../engine/detector.ts';
import type { Batch } from './scan.ts';
import { scan } from './scan.ts';

/** To a thread: a file to scan after those before it, or that a batch was taken. */
export type ToWorker = { readonly path: string } | 'taken';
/** From a thread, for its files in order: batches, and the end of each file or what broke it. */
export type FromWorker = { readonly batch: Batch } | { readonly end: true; readonly error?: Error };

/** Batches of a large file that may wait for the reader; the thread rests meanwhile. */
const maxWaiting = 8;

const port = parentPort;
if (port === null) throw new TypeError('scan-worker.ts is the entry of a thread');

const detector = createDetector(workerData as DetectorContent);
let waiting = 0;
let wake = (): void => undefined;
let last: Promise<void> = Promise.resolve();

const send = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const scanFile = async (path: string): Promise<void> => {
  try {
    for await (const batch of scan(path, detector)) {
      send({ batch }, [batch.ids.buffer]);
      waiting += 1;
      if (waiting >= maxWaiting) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    send({ end: true });
  } catch (error) {
    send({ end: true, error: error as Error });
  }
};

port.on('message', (message: ToWorker) => {
  if (message === 'taken') {
    waiting -= 1;
    wake();
    return;
  }
  last = last.then(() => scanFile(message.path));
});
