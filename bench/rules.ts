import catalogue from '../cli/aws-events.json' with { type: 'json' };
import { eventNameOf, eventSourceOf } from '../engine/record.ts';
import type { Rule } from '../engine/rule.ts';
import { createRandom } from '../samples/cloudtrail/random.ts';
import type { Corpus } from './records.ts';

const named = Object.entries(catalogue as Readonly<Record<string, readonly string[]>>).flatMap(([source, names]) =>
  names.map((name) => [source, name] as const),
);

/**
 * Rules in any number: the trees of real ones under other events. Half of their events are of those in the corpus, half any
 * that AWS has; rules without events stay without, in the share that the real ones have them.
 */
export const synthesiseRules = (count: number, real: readonly Rule[], { name, records }: Corpus): readonly Rule[] => {
  const random = createRandom(`${count} rules for ${name}`);
  const met = [...new Set(records.map((record) => `${eventSourceOf(record)} ${eventNameOf(record)}`))].sort();
  const pick = (): readonly [string, string] => {
    if (random.int(0, 1) === 0) return random.pick(named);
    const [source = '', event = ''] = random.pick(met).split(' ');
    return [source, event];
  };
  return Array.from({ length: count }, (_, index) => {
    const rule = random.pick(real);
    const id = `${rule.id}-${index}`;
    if (rule.events === undefined) return { ...rule, id };
    const picked = Array.from({ length: random.int(1, 3) }, pick);
    const events = Map.groupBy(picked, ([source]) => source);
    return {
      ...rule,
      id,
      events: Object.fromEntries([...events].map(([source, pairs]) => [source, pairs.map(([, event]) => event)])),
    };
  });
};
