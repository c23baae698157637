import type { SignalStore } from '../signal-store.ts';
import { decodeSignal, encodeSignal, type Signal } from './signal.ts';

/** A signal that completes a finding: with it, the window that ends at its time holds what the correlation asks for. */
export type Decisive = {
  /** The time that the finding's identity is taken from: milliseconds since 1970. */
  readonly at: number;
  /** The signals that make it, in order of time. */
  readonly signals: readonly Signal[];
  /** How many matches, values or rules that are, and at least that many where `isLeast`. */
  readonly count: number;
  readonly isLeast: boolean;
};

/** What a correlation type makes of the signals of one group. */
export type Judge = {
  /** With fewer signals nothing is decisive: most groups never have as many, and theirs need not be put in order. */
  readonly fewest: number;
  /** The decisive ones among signals sorted by time, of those at `from` or later: windows reach back by the time span. */
  readonly decide: (signals: readonly Signal[], from: number) => readonly Decisive[];
  /** Of the sorted signals of one slot, those that can still decide anything, whatever arrives later. */
  readonly keep: (signals: readonly Signal[]) => readonly Signal[];
  /** So many signals in a slot are let be: dropping costs a write. */
  readonly enough: number;
  /** What the sorted signals of a window lack, in words; `undefined` where they make a finding. */
  readonly lacks: (signals: readonly Signal[]) => string | undefined;
};

/** How far a group is at the time of a signal, for `explain`. */
export type Progress = {
  /** What counts towards a finding there. */
  readonly signals: readonly Signal[];
  /** What a finding still lacks, in words; nothing where there is one. */
  readonly lacks?: string | undefined;
};

/** The signals of groups, remembered for as long as they can matter. Times are milliseconds since 1970. */
export type Window = {
  /** Takes a signal of a group in; gives what it completes: by itself, or, arriving late, together with later ones. */
  readonly take: (group: string, signal: Signal, now: number) => Promise<readonly Decisive[]>;
  /** Looks at the group as it is at the time of a signal that was taken in. */
  readonly look: (group: string, signal: Signal, now: number) => Promise<Progress>;
};

/** A clock may run behind that of AWS by this much: milliseconds. */
const clockSkewMs = 60_000;

/**
 * A window of `length` ms that slides over the signals of a group, by event time. Time is cut into slots as long as the
 * window, one set in the store each, so that any window lies in two neighbouring slots, and a signal can complete windows
 * in three. Its own slot is written before the others are read: of two writers that hold the two halves of an attack, the
 * one who reads last sees both.
 */
export const createWindow = (
  name: string,
  length: number,
  latenessMs: number,
  judge: Judge,
  store: SignalStore,
): Window => {
  const keyOf = (group: string, slot: number): string => `${name}/${length}/${slot}/${group}`;

  const take: Window['take'] = async (group, signal, now) => {
    const slot = Math.floor(signal.at / length);
    const expiresAt = Math.max(now, (slot + 1) * length) + length + 2 * latenessMs;
    const own = await store.add(keyOf(group, slot), encodeSignal(signal), expiresAt, now);
    const neighbours = [slot - 1];
    if ((slot + 1) * length <= now + clockSkewMs) neighbours.push(slot + 1);
    const others = await store.read(
      neighbours.map((each) => keyOf(group, each)),
      now,
    );
    if (own.length > judge.enough) await dropRedundant(keyOf(group, slot), own, judge, store);
    const count = others.reduce((all, each) => all + each.length, own.length);
    if (count < judge.fewest) return [];
    const near = sorted([own, ...others]).filter(({ at }) => at > signal.at - length && at < signal.at + length);
    return judge.decide(near, signal.at);
  };

  const look: Window['look'] = async (group, signal, now) => {
    const slot = Math.floor(signal.at / length);
    const slots = await store.read([keyOf(group, slot - 1), keyOf(group, slot)], now);
    const signals = sorted(slots).filter(({ at }) => at > signal.at - length && at <= signal.at);
    return { signals, lacks: judge.lacks(signals) };
  };

  return { take, look };
};

const sorted = (slots: readonly (readonly string[])[]): readonly Signal[] => slots.flat().sort().map(decodeSignal);

const dropRedundant = async (
  key: string,
  texts: readonly string[],
  judge: Judge,
  store: SignalStore,
): Promise<void> => {
  const kept = new Set(judge.keep(texts.toSorted().map(decodeSignal)).map(encodeSignal));
  const redundant = texts.filter((text) => !kept.has(text));
  if (redundant.length > 0) await store.drop(key, redundant);
};
