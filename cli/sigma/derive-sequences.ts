import { parseKeyField } from '../../engine/correlation/key-field.ts';
import { countedField, fieldFor } from '../../engine/correlation/source.ts';
import { readField } from '../../engine/field.ts';
import type { CorrelationRule } from '../../engine/rule.ts';

type Step = Readonly<Record<string, unknown>> & { readonly at: string };

/**
 * Sequences that follow from a correlation: one that just makes a finding, and one that just falls short. `fixtureOf` knows
 * the record of each rule that it correlates; `undefined` where one of them correlates others itself.
 */
export const deriveSequences = (
  { correlation }: CorrelationRule,
  fixtureOf: (ruleId: string) => { readonly name: string; readonly record: object } | undefined,
): Readonly<Record<string, unknown>> | undefined => {
  const rules = correlation.rules ?? [];
  const fixtures = rules.map(fixtureOf);
  const [first] = fixtures;
  if (first === undefined || fixtures.includes(undefined)) return undefined;
  const stepOf = (index: number, at: string, more: object = {}): Step => {
    const { name = '', record = {} } = fixtures[index] ?? {};
    // One thing with two names must have one value under both.
    const grouped = correlation.groupBy.flatMap((key) => {
      const field = fieldFor(key, rules[index] ?? '', correlation);
      return Object.hasOwn(correlation.aliases, key) ? [pathOf(field) ?? key] : missingField(field, record);
    });
    const set = Object.fromEntries(grouped.map((path) => [path, 'same-value']));
    return {
      at,
      ...(index === 0 ? {} : { fixture: name }),
      ...more,
      with: { ...set, ...('with' in more ? (more.with as object) : {}) },
    };
  };
  const casesOf = (enough: readonly Step[], few: readonly Step[]) => ({
    fixture: first.name,
    cases: [
      { name: 'just enough', sequence: enough, findings: 1 },
      { name: 'just too few', sequence: few, findings: 0 },
    ],
  });
  if (correlation.type === 'temporal' || correlation.type === 'temporal_ordered') {
    const steps = rules.map((_, index) => stepOf(index, `+${index}s`));
    return casesOf(steps, steps.slice(0, -1));
  }
  if (correlation.type !== 'event_count' && correlation.type !== 'value_count') return undefined;
  const { gte, gt = 0 } = correlation.condition;
  const least = gte ?? gt + 1;
  const counted = countedField(correlation);
  const field = counted === undefined ? undefined : pathOf(fieldFor(counted, rules[0] ?? '', correlation));
  const many = field === undefined ? {} : { with: { [field]: 'value-{n}' } };
  return casesOf([stepOf(0, '+0s', { repeat: least, ...many })], [stepOf(0, '+0s', { repeat: least - 1, ...many })]);
};

const pathOf = (field: string | undefined): string | undefined =>
  field === undefined ? undefined : parseKeyField(field)[0]?.path.join('.');

/** The path of a key field that a record lacks. */
const missingField = (field: string | undefined, record: object): readonly string[] => {
  if (field === undefined) return [];
  const key = parseKeyField(field);
  const [one] = key;
  return one === undefined || key.some(({ path }) => readField(record, path) !== undefined) ? [] : [one.path.join('.')];
};
