import fc, { type Arbitrary } from 'fast-check';
import { expect } from 'vitest';
import type { SignalStore } from '../../../engine/signal-store.ts';
import { referenceFindings } from './reference.ts';
import { findingsOf, type Stream } from './run-stream.ts';
import { happeningsOf } from './streams.ts';

/** What the streams that were compared held: a comparison of nothing would always succeed. */
export const createTally = () => ({ streams: 0, withFindings: 0, thinned: 0 });

let runs = 0;

/** Each stream begins with an empty store: its keys are its own. */
const apart = (store: SignalStore): SignalStore => {
  runs += 1;
  const prefix = `${runs}/`;
  return {
    add: (key, ...rest) => store.add(`${prefix}${key}`, ...rest),
    read: (keys, now) =>
      store.read(
        keys.map((key) => `${prefix}${key}`),
        now,
      ),
    drop: (key, texts) => store.drop(`${prefix}${key}`, texts),
  };
};

/** Holds for streams in which the engine, its state in a store, finds what the reference finds; `change` breaks the engine's. */
export const agreement = (
  arbitrary: Arbitrary<Stream>,
  store: SignalStore,
  tally = createTally(),
  change: (stream: Stream) => Stream = (stream) => stream,
) =>
  fc.asyncProperty(arbitrary, async (stream) => {
    const expected = referenceFindings(stream.specs, happeningsOf(stream), stream.lateness);
    let isThinned = false;
    const own = apart(store);
    const found = await findingsOf(change(stream), {
      ...own,
      drop: (key, texts) => {
        isThinned = true;
        return own.drop(key, texts);
      },
    });
    tally.streams += 1;
    tally.withFindings += expected.size > 0 ? 1 : 0;
    tally.thinned += isThinned ? 1 : 0;
    expect([...found].sort()).toEqual([...expected].sort());
  });
