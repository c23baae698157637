import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createDetector, type DetectorContent } from '../engine/detector.ts';
import type { Found } from './find-log-files.ts';
import { type Batch, batchOf, scan, stdin } from './scan.ts';
import type { FromWorker, ToWorker } from './scan-worker.ts';

/** Files given to a thread ahead of the one whose turn it is. */
const aheadPerThread = 8;

/** Less than this is scanned before a thread has started. */
const smallBytes = 32 * 1024 * 1024;

/** Scans files with up to `jobs` threads; batches come in the order of the files, whichever thread is faster. */
export async function* scanFiles(
  files: Iterable<Found>,
  content: DetectorContent,
  jobs: number,
  threadsFrom = smallBytes,
): AsyncGenerator<Batch> {
  const all = files[Symbol.iterator]();
  const first: Found[] = [];
  let bytes = 0;
  while (jobs > 1 && bytes < threadsFrom) {
    const { done, value: found } = all.next();
    if (done === true) break;
    first.push(found);
    bytes += found.kind === 'file' ? found.bytes : 0;
  }
  if (jobs > 1 && bytes >= threadsFrom) return yield* scanInThreads(joined(first, all), content, jobs);
  const detector = createDetector(content);
  for (const found of joined(first, all)) yield* found.kind === 'file' ? scan(found.path, detector) : [batchOf(found)];
}

function* joined<T>(first: readonly T[], rest: Iterator<T>): Generator<T> {
  yield* first;
  yield* { [Symbol.iterator]: () => rest };
}

type Source = () => AsyncIterable<Batch> | Iterable<Batch>;

/** File after file goes to thread after thread in turn, and is taken from them in the same turn: order needs no sorting. */
async function* scanInThreads(files: Iterator<Found>, content: DetectorContent, jobs: number): AsyncGenerator<Batch> {
  const threads = Array.from({ length: jobs }, () => startThread(content));
  const sources: Source[] = [];
  let turn = 0;
  const giveAhead = (): void => {
    while (sources.length < jobs * aheadPerThread) {
      const { done, value: found } = files.next();
      if (done === true) return;
      const thread = threads[turn % jobs] as Thread;
      if (found.kind === 'unreadable') sources.push(() => [batchOf(found)]);
      // Only this thread has standard input.
      else if (found.path === stdin) sources.push(() => scan(stdin, createDetector(content)));
      else {
        turn += 1;
        thread.give(found.path);
        sources.push(thread.takeFile);
      }
    }
  };
  try {
    giveAhead();
    for (let source = sources.shift(); source !== undefined; source = sources.shift()) {
      yield* source();
      giveAhead();
    }
  } finally {
    await Promise.all(threads.map(({ stop }) => stop()));
  }
}

type Thread = ReturnType<typeof startThread>;

const startThread = (content: DetectorContent) => {
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData: content });
  const messages: FromWorker[] = [];
  let failure: Error | undefined;
  let wake = (): void => undefined;
  worker.on('message', (message: FromWorker) => {
    messages.push(message);
    wake();
  });
  worker.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  const tell = (message: ToWorker): void => worker.postMessage(message);

  const next = async (): Promise<FromWorker> => {
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) return message;
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  return {
    give: (path: string): void => tell({ path }),
    /** The batches of the next file, in the order in which files were given. */
    takeFile: async function* (): AsyncGenerator<Batch> {
      for (;;) {
        const message = await next();
        if ('end' in message) {
          if (message.error !== undefined) throw message.error;
          return;
        }
        tell('taken');
        yield message.batch;
      }
    },
    stop: async (): Promise<void> => {
      const ended = once(worker, 'exit');
      await worker.terminate();
      await ended;
    },
  };
};
