import { createHash } from 'node:crypto';
import { tactics, techniques } from '../../engine/attack.ts';
import type { Correlation } from '../../engine/correlation/correlation.ts';
import { fieldPathForm } from '../../engine/leaf-value.ts';
import type { References } from '../../engine/reference.ts';
import { type AnyRule, hasConditions } from '../../engine/rule.ts';
import { detectionOf } from './export-condition.ts';
import { Refusal } from './refusal.ts';

/** A Sigma document as it will be written. */
export type SigmaFile = Readonly<Record<string, unknown>>;

/** A rule as Sigma documents: one, or two where it counts its own matches. Throws a Refusal that says what Sigma has no words for. */
export const exportRule = (
  rule: AnyRule,
  references: References,
  isSignal: (ruleId: string) => boolean,
): readonly SigmaFile[] => {
  const logsource = { product: 'aws', service: 'cloudtrail' };
  if (!hasConditions(rule))
    return [{ ...headOf(rule, rule.id), ...correlationOf(rule.correlation, isSignal), ...lastOf(rule) }];
  const detection = detectionOf(rule.events, rule.conditions, references);
  if (rule.correlation === undefined) return [{ ...headOf(rule, rule.id), logsource, detection, ...lastOf(rule) }];
  const base = `${rule.id}-match`;
  const own = { ...rule.correlation, rules: [base] } as Correlation;
  return [
    { title: `${titleOf(rule)}: one match`, ...namesOf(base), logsource, detection },
    { ...headOf(rule, rule.id), ...correlationOf(own, () => true), ...lastOf(rule) },
  ];
};

/** What of a rule has no place in Sigma. */
export const leftOut = (rule: AnyRule): readonly string[] => [
  ...(['message', 'runbook', 'dedup'] as const).filter((key) => rule[key] !== undefined),
  ...(rule.respond.remediate.length > 0 || rule.respond.notify !== undefined ? ['respond'] : []),
  ...(Object.keys(rule.compliance).length > 0 ? ['compliance'] : []),
];

const nameOf = (id: string): string => id.replaceAll('-', '_');

/** An id that is the same each time a rule is exported (RFC 9562, version 8). */
const namesOf = (ruleId: string) => {
  const hash = createHash('sha256').update(`trailwire/${ruleId}`).digest('hex');
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `a${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return { id: parts.join('-'), name: nameOf(ruleId) };
};

const titleOf = ({ title, id }: AnyRule): string => title ?? id.replaceAll('-', ' ');

const headOf = (rule: AnyRule, id: string): SigmaFile => ({
  title: titleOf(rule),
  ...namesOf(id),
  status: rule.status,
  ...(rule.description === undefined ? {} : { description: rule.description }),
  ...(rule.references.length === 0 ? {} : { references: rule.references }),
  ...(rule.attack.length === 0 && rule.tags.length === 0
    ? {}
    : { tags: [...attackTags(rule.attack), ...rule.tags.map((tag) => `trailwire.${tag}`)] }),
});

const lastOf = (rule: AnyRule): SigmaFile => ({
  ...(rule.falsePositives.length === 0 ? {} : { falsepositives: rule.falsePositives }),
  level: rule.severity,
});

/** Sigma names the tactics beside the techniques. */
const attackTags = (ids: readonly string[]): readonly string[] => {
  const names = ids.flatMap((id) => techniques[id]?.tactics ?? []).map((tactic) => tactics[tactic]);
  const words = names.map((name) => `attack.${name.toLowerCase().replaceAll(' ', '-')}`);
  return [...new Set([...words, ...ids.map((id) => `attack.${id.toLowerCase()}`)])];
};

const correlationOf = (correlation: Correlation, isSignal: (ruleId: string) => boolean): SigmaFile => {
  const { type, rules = [], aliases, groupBy } = correlation;
  if (type === 'new_value' || type === 'spike')
    throw new Refusal(`a correlation of type "${type}", for which Sigma has no word`);
  const field = (name: string): string => {
    if (name.includes('|') || name.startsWith('network:') || !fieldPathForm.test(name)) {
      throw new Refusal(`"${name}": Sigma groups and counts by single fields`);
    }
    return name;
  };
  const condition =
    type === 'event_count'
      ? { condition: correlation.condition }
      : type === 'value_count'
        ? { condition: { ...correlation.condition, field: field(correlation.field) } }
        : {};
  const named = Object.entries(aliases).map(([alias, fields]) => [
    alias,
    Object.fromEntries(Object.entries(fields).map(([id, path]) => [nameOf(id), field(path)])),
  ]);
  return {
    correlation: {
      type,
      rules: rules.map(nameOf),
      ...(named.length === 0 ? {} : { aliases: Object.fromEntries(named) }),
      'group-by': groupBy.map(field),
      timespan: correlation.timespan,
      ...condition,
    },
    ...(rules.every(isSignal) ? {} : { generate: true }),
  };
};
