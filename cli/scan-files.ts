import { createDetector, type DetectorContent } from '../engine/detector.ts';
import { type Batch, batchOf } from './batch.ts';
import type { Found } from './find-log-files.ts';
import { parcelsOf } from './parcels.ts';
import { scan } from './scan.ts';
import { scanTogether } from './scan-together.ts';

/** Less than this is scanned before another thread has started. */
const smallBytes = 8 * 1024 * 1024;

/** Scans files with up to `jobs` threads, this one included; batches come in the order of the files, whoever is faster. */
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
  const parcels = parcelsOf(joined(first, all));
  if (jobs > 1 && bytes >= threadsFrom) return yield* scanTogether(parcels, content, jobs);
  const detector = createDetector(content);
  for (const parcel of parcels) yield* parcel.kind === 'unreadable' ? [batchOf(parcel)] : scan(parcel.files, detector);
}

function* joined<T>(first: readonly T[], rest: Iterator<T>): Generator<T> {
  yield* first;
  yield* { [Symbol.iterator]: () => rest };
}
