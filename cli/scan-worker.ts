import { parentPort, workerData } from 'node:worker_threads';
import { createDetector, type DetectorContent } from '../engine/detector.ts';
import type { Batch } from './batch.ts';
import { type Claims, claim } from './claims.ts';
import type { LogFile } from './find-log-files.ts';
import { scan } from './scan.ts';

export type WorkerStart = { readonly content: DetectorContent; readonly claims: Claims };
/** To a thread: a parcel that it may claim, or that a batch of it was taken. */
export type ToWorker = { readonly parcel: number; readonly files: readonly LogFile[] } | 'taken';
/** From a thread, parcel after parcel: batches, and the end of each or what broke it. */
export type FromWorker = { readonly parcel: number } & (
  | { readonly batch: Batch }
  | { readonly end: true; readonly error?: Error }
);

/** Batches that may wait for the reader; the thread rests meanwhile. */
const maxWaiting = 4;

const port = parentPort;
if (port === null) throw new TypeError('scan-worker.ts is the entry of a thread');

const { content, claims } = workerData as WorkerStart;
const detector = createDetector(content);
let waiting = 0;
let wake = (): void => undefined;
let last: Promise<void> = Promise.resolve();

const send = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const rest = async (): Promise<void> => {
  while (waiting >= maxWaiting) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
};

const scanParcel = async (parcel: number, files: readonly LogFile[]): Promise<void> => {
  await rest();
  if (!claim(claims, parcel)) return;
  try {
    for await (const batch of scan(files, detector)) {
      send({ parcel, batch }, [batch.ids.buffer, batch.texts.buffer]);
      waiting += 1;
      await rest();
    }
    send({ parcel, end: true });
  } catch (error) {
    send({ parcel, end: true, error: error as Error });
  }
};

port.on('message', (message: ToWorker) => {
  if (message === 'taken') {
    waiting -= 1;
    wake();
    return;
  }
  last = last.then(() => scanParcel(message.parcel, message.files));
});
