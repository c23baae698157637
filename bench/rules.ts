import catalogue from '../cli/aws-events.json' with { type: 'json' };
import type { Rule } from '../engine/rule.ts';
import { createRandom, type Random } from '../samples/cloudtrail/random.ts';
import { type Corpus, eventOf } from './corpus.ts';
import { unpinnedConditions } from './unpinned-rules.ts';

/** Shares of the rules: `unpinned` name no events, `wholeSource` all events of a source, `occurring` events of the corpus. */
export type Mix = { readonly unpinned: number; readonly wholeSource: number; readonly occurring: number };

/**
 * What a large rule set is like: nearly all rules are about events that an account does not see all day. Of published
 * detections for CloudTrail about one in twenty names no event.
 */
export const usualMix: Mix = { unpinned: 0.05, wholeSource: 0.025, occurring: 0.04 };
/** Rules written for exactly what is in the logs: the worst that could happen. */
export const hotMix: Mix = { ...usualMix, occurring: 0.5 };

const operations = Object.entries(catalogue as Readonly<Record<string, readonly string[]>>).flatMap(([source, names]) =>
  names.map((name) => ({ source, name, names })),
);

type Events = NonNullable<Rule['events']>;

/**
 * Rules in any number, always the same: the trees of shipped rules under other events, and rules without events that
 * differ in their constants. The first thousand of ten thousand are the thousand.
 */
export const generateRules = (count: number, shipped: readonly Rule[], corpus: Corpus, mix: Mix): readonly Rule[] => {
  const random = createRandom(`rules for ${corpus.name}`);
  const pinned = shipped.filter(({ events }) => events !== undefined);
  const often = occurringOften(corpus);
  return Array.from({ length: count }, (_, index): Rule => {
    const kind = random.int(0, 999) / 1_000;
    const { events: _events, ...rule } = random.pick(pinned);
    const id = `${rule.id}-${index}`;
    if (kind < mix.unpinned) return { ...rule, id, conditions: unpinnedConditions(random) };
    if (kind < mix.unpinned + mix.wholeSource)
      return { ...rule, id, events: { [random.pick(operations).source]: '*' } };
    const isOccurring = kind < mix.unpinned + mix.wholeSource + mix.occurring;
    return { ...rule, id, events: isOccurring ? occurringEvents(random, often) : anyEvents(random) };
  });
};

/** Events that are at least one in a thousand of the records. */
const occurringOften = ({ records }: Corpus): readonly string[] => {
  const byEvent = Map.groupBy(records, eventOf);
  return [...byEvent].filter(([, same]) => same.length >= records.length / 1_000).map(([event]) => event);
};

const occurringEvents = (random: Random, often: readonly string[]): Events => {
  const [source = '', name = ''] = random.pick(often).split(' ');
  return { [source]: [name] };
};

/** One to three operations of one service. */
const anyEvents = (random: Random): Events => {
  const { source, name, names } = random.pick(operations);
  return { [source]: [...new Set([name, ...Array.from({ length: random.int(0, 2) }, () => random.pick(names))])] };
};
