import type { HistoryEvent, LookupHistory } from '../../account/event-history.ts';
import { joinSpans, missingSpans, type Position, type PullState, type Span } from './pull-state.ts';
import type { WriteEvents } from './write-events.ts';

/** Between two of these the state is saved: ten seconds of work. */
const pagesPerBatch = 20;

export type RegionPull = {
  readonly region: string;
  readonly wanted: Span;
  /** AWS has nothing from before this, in seconds since 1970. */
  readonly oldest: number;
  readonly state: PullState;
  /** Resolves when the next request may be made. */
  readonly turn: () => Promise<void>;
  readonly lookup: LookupHistory;
  readonly write: WriteEvents;
  /** Told after each batch. */
  readonly onBatch: (events: number, position: Position) => void;
};

/** Pulls of a region what is not there yet, first what an earlier run began. */
export const pullRegion = async (pull: RegionPull): Promise<void> => {
  const { region, wanted, state } = pull;
  const { begun } = state.of(region);
  if (begun !== undefined) await pullSpan(pull, begun);
  for (const { from, to } of missingSpans(state.of(region).covered, wanted)) {
    await pullSpan(pull, { from, to, until: to - 1, seen: [] });
  }
};

/**
 * Pulls a span backwards. A batch is written before the state is, under names made from where it began: what a crash between the
 * two leaves is written over by the next run, not beside it.
 */
const pullSpan = async (
  { region, state, oldest, turn, lookup, write, onBatch }: RegionPull,
  begin: Position,
): Promise<void> => {
  const { from, to, until } = begin;
  state.set(region, { ...state.of(region), begun: begin });
  const known = new Set(begin.seen);
  let position = begin;
  let next: string | undefined;
  do {
    const batch: HistoryEvent[] = [];
    for (let page = 0; page < pagesPerBatch && (page === 0 || next !== undefined); page += 1) {
      await turn();
      const answer = await lookup({ from, until, next });
      batch.push(...answer.events.filter(({ id }) => !known.has(id)));
      next = answer.next;
    }
    write(batch, position);
    position = positionAfter(position, batch);
    state.set(region, { ...state.of(region), begun: position });
    onBatch(batch.length, position);
  } while (next !== undefined);
  // What AWS forgot since the span was begun was not pulled.
  const pulled = { from: Math.max(from, Math.min(oldest, until)), to };
  state.set(region, { covered: joinSpans(state.of(region).covered, pulled) });
};

const positionAfter = (position: Position, batch: readonly HistoryEvent[]): Position => {
  const until = batch.reduce((oldest, { time }) => Math.min(oldest, time), position.until);
  const seen = batch.filter(({ time }) => time === until).map(({ id }) => id);
  return { ...position, until, seen: until === position.until ? [...position.seen, ...seen] : seen };
};
