import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createDetector, type DetectorContent } from '../engine/detector.ts';
import type { Found } from './find-log-files.ts';
import { type Batch, batchOf, scan } from './scan.ts';
import type { FromWorker, ToWorker } from './scan-worker.ts';

/** Files given to a thread ahead of the one whose turn it is. */
const aheadPerThread = 8;

/** Scans files with `jobs` threads; batches come in the order of the files, whichever thread is faster. */
export async function* scanFiles(
  files: Iterable<Found>,
  content: DetectorContent,
  jobs: number,
): AsyncGenerator<Batch> {
  if (jobs > 1) yield* scanInThreads(files[Symbol.iterator](), content, jobs);
  else {
    const detector = createDetector(content);
    for (const found of files) yield* found.kind === 'file' ? scan(found.path, detector) : [batchOf(found)];
  }
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
