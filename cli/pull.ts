import { setTimeout } from 'node:timers/promises';
import type { HistoryEvent, LookupHistory } from '../account/event-history.ts';
import { messageOf } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { isJsonObject } from '../engine/record.ts';
import { oneLine } from '../engine/template.ts';
import { pullRegion } from './history/pull-region.ts';
import { openPullState, type PullState, type Span } from './history/pull-state.ts';
import { createTurns } from './history/turns.ts';
import { createWriteEvents } from './history/write-events.ts';
import type { Io } from './io.ts';

export type PullOptions = {
  /** None: all that the account can be used in. */
  readonly region: readonly string[];
  /** How far back, at most 90: AWS keeps no more. */
  readonly days: number;
};

/** What the command asks of AWS; the real one is loaded with the command. */
export type History = {
  readonly readAccount: (region: string) => Promise<string>;
  readonly readRegions: (region: string) => Promise<readonly string[]>;
  readonly createLookup: (region: string) => LookupHistory;
};

const connect = async (): Promise<History> => {
  const [{ createEventHistory }, { readCaller }, { readEnabledRegions }] = await Promise.all([
    import('../account/event-history.ts'),
    import('../account/caller.ts'),
    import('../account/enabled-regions.ts'),
  ]);
  return {
    readAccount: async (region) => (await readCaller({ region })).account,
    readRegions: readEnabledRegions,
    createLookup: createEventHistory,
  };
};

/** Where to ask for the account and its regions when no region is named. */
const firstRegion = 'us-east-1';
/** The history lacks the last minutes; what was pulled too early would never be completed. */
const settledSeconds = 15 * 60;
const daySeconds = 86_400;

/**
 * `trailwire pull <folder>`: the event history of an account as log files, for people without a trail. Each run adds what is new
 * or was left. 0 when all is there, 2 when a region could not be pulled to its end or an event could not be read.
 */
export const pull = async (
  folder: string,
  options: PullOptions,
  io: Io,
  wait: (ms: number) => Promise<unknown> = setTimeout,
  connecting: Promise<History> = connect(),
): Promise<number> => {
  const history = await connecting;
  const [named = firstRegion] = options.region;
  const account = await history.readAccount(named);
  const regions = options.region.length > 0 ? options.region : await history.readRegions(named);
  const state = openPullState(folder, account);
  const to = Math.floor(io.now() / 1_000) - settledSeconds;
  const wanted = { from: to - options.days * daySeconds, to };
  io.err(`Pulling ${plural(options.days, 'day')} of account ${account} in ${plural(regions.length, 'region')}`);

  const target = { folder, account, wanted, state, history, wait };
  const pulled = await Promise.all(regions.map((region) => pullInto(target, region, io)));
  return pulled.every((isWhole) => isWhole) ? 0 : 2;
};

type Target = {
  readonly folder: string;
  readonly account: string;
  readonly wanted: Span;
  readonly state: PullState;
  readonly history: History;
  readonly wait: (ms: number) => Promise<unknown>;
};

/** Pulls one region and tells what came of it; one that fails stops no other. */
const pullInto = async (
  { folder, account, wanted, state, history, wait }: Target,
  region: string,
  io: Io,
): Promise<boolean> => {
  const counts = { events: 0, unreadable: 0 };
  const writeEvents = createWriteEvents(folder, account, region);
  const write = (events: readonly HistoryEvent[], ...rest: [Parameters<typeof writeEvents>[1]]): void => {
    const readable = events.filter(isReadable);
    counts.unreadable += events.length - readable.length;
    writeEvents(readable, ...rest);
  };
  const onBatch = (events: number, { until }: { readonly until: number }): void => {
    counts.events += events;
    io.progress?.(`${region}: ${plural(counts.events, 'event')}, back to ${timeOf(until)}`);
  };
  const turn = createTurns(io.now, wait);
  let failure: string | undefined;
  try {
    await pullRegion({ region, wanted, state, turn, lookup: history.createLookup(region), write, onBatch });
  } catch (error) {
    failure = messageOf(error);
  }
  const { covered } = state.of(region);
  const there =
    covered === undefined ? 'no time complete' : `${timeOf(covered.from)} to ${timeOf(covered.to)} complete`;
  io.err(`${region}: ${plural(counts.events, 'event')} pulled, ${there}`);
  if (counts.unreadable > 0) io.err(`${region}: ${plural(counts.unreadable, 'event')} left out: not a JSON object`);
  if (failure !== undefined) io.err(oneLine(`${region}: cannot go on: ${failure}; run it again to continue`, 500));
  return failure === undefined && counts.unreadable === 0;
};

const isReadable = ({ text }: HistoryEvent): boolean => {
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
};

const timeOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000', '');
