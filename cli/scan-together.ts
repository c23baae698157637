import { setImmediate } from 'node:timers/promises';
import { createDetector, type DetectorContent } from '../engine/detector.ts';
import { type Batch, batchOf } from './batch.ts';
import { claim, createClaims, offer } from './claims.ts';
import type { Parcel } from './parcels.ts';
import { scan } from './scan.ts';
import { type ScanThread, startScanThread } from './scan-thread.ts';
import type { FromWorker } from './scan-worker.ts';

/** Parcels that may be scanned before the one whose turn it is, for each thread. */
const aheadPerThread = 4;

/** Parcels that this thread scans ahead of their turn: what matched in them keeps the text of a file in memory. */
const maxKept = 2;

/** A parcel that is not given out yet, or not all of it. */
type Open = {
  readonly number: number;
  readonly parcel: Parcel;
  readonly batches: Batch[];
  isDone: boolean;
  by?: ScanThread;
};

/**
 * Scans parcels with `jobs` threads, and gives their batches in order. This thread scans as the others do, for what has an
 * order is little work, and nobody waits while the others start: it takes the parcel whose turn it is if nobody has it, else
 * the next that is small enough to be kept meanwhile.
 */
export async function* scanTogether(
  parcels: Iterator<Parcel>,
  content: DetectorContent,
  jobs: number,
): AsyncGenerator<Batch> {
  const detector = createDetector(content);
  const claims = createClaims();
  const open: Open[] = [];
  let number = 0;
  let failure: Error | undefined;
  let wake = (): void => undefined;

  const hear = (message: FromWorker | Error, thread: ScanThread): void => {
    if (message instanceof Error) failure = message;
    else if ('batch' in message) {
      const from = open.find((each) => each.number === message.parcel);
      from?.batches.push(message.batch);
      if (from !== undefined) from.by = thread;
    } else {
      const from = open.find((each) => each.number === message.parcel);
      if (from !== undefined) from.isDone = true;
      failure ??= message.error;
    }
    wake();
  };
  const start = { content, claims };
  const threads = Array.from({ length: jobs - 1 }, () => startScanThread(start, hear));

  const openMore = (): void => {
    while (open.length < jobs * aheadPerThread) {
      const { done, value: parcel } = parcels.next();
      if (done === true) return;
      open.push({ number, parcel, batches: [], isDone: false });
      if (parcel.kind === 'files') {
        offer(claims, number);
        for (const { tell } of threads) tell({ parcel: number, files: parcel.files });
      }
      number += 1;
    }
  };

  const isOurs = ({ number, parcel }: Open): boolean => parcel.kind !== 'files' || claim(claims, number);
  const scanHere = ({ parcel }: Open): AsyncIterable<Batch> | Iterable<Batch> =>
    parcel.kind === 'unreadable' ? [batchOf(parcel)] : scan(parcel.files, detector);

  /** Scans another parcel while somebody has the current one; false where there is none to be had. */
  const scanAhead = async (): Promise<boolean> => {
    if (open.filter(({ isDone, by }) => isDone && by === undefined).length >= maxKept) return false;
    const next = open.find((each) => each.parcel.kind === 'files' && !each.parcel.isLarge && isOurs(each));
    if (next === undefined) return false;
    for await (const batch of scanHere(next)) next.batches.push(batch);
    next.isDone = true;
    return true;
  };

  try {
    openMore();
    for (let current = open[0]; current !== undefined; current = open[0]) {
      if (isOurs(current)) {
        yield* scanHere(current);
        current.isDone = true;
      }
      while (!current.isDone || current.batches.length > 0) {
        const batch = current.batches.shift();
        if (batch !== undefined) {
          current.by?.tell('taken');
          yield batch;
        } else if (failure !== undefined) throw failure;
        else if (!(await scanAhead())) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        // What the others sent meanwhile is heard now.
        else await setImmediate();
      }
      open.shift();
      openMore();
      await setImmediate();
    }
    if (failure !== undefined) throw failure;
  } finally {
    await Promise.all(threads.map(({ stop }) => stop()));
  }
}
