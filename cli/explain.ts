import type { Delivery } from '../engine/delivery.ts';
import { createDetector, type SuppressedMatch } from '../engine/detector.ts';
import { ConfigError } from '../engine/errors.ts';
import { type Explanation, explain as explainCondition } from '../engine/explain.ts';
import { plural } from '../engine/plural.ts';
import { type CloudTrailRecord, eventNameOf, eventSourceOf } from '../engine/record.ts';
import { hasConditions, type Rule } from '../engine/rule.ts';
import { allRulesOf, type RuleSet } from '../engine/rule-set.ts';
import { isEventOf } from '../engine/rules-by-event.ts';
import { oneLine } from '../engine/template.ts';
import { renderLeaf } from '../engine/why.ts';
import { didYouMean } from './did-you-mean.ts';
import { createCorrelationView } from './explain-correlation.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

export type ExplainOptions = { readonly rules: string; readonly event?: string };

/**
 * `trailwire explain <rule> <path|->`: every leaf of one rule on each record of its events, and what its correlation counts; 1
 * when none matches or makes a finding, 2 when there is none.
 */
export const explain = async (id: string, path: string, options: ExplainOptions, io: Io): Promise<number> => {
  const ruleSet = loadRules(options.rules);
  const rules = allRulesOf(ruleSet);
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) {
    const hint = didYouMean(
      id,
      rules.map((each) => each.id),
    );
    throw new ConfigError('CONFIG_INVALID', `there is no rule ${JSON.stringify(id)} in ${options.rules}${hint}`);
  }
  const explainRecord = hasConditions(rule) ? createConditionView(rule, ruleSet, options, io) : undefined;
  const explainCorrelation = rule.correlation === undefined ? undefined : createCorrelationView(rule, ruleSet, io);
  let explained = 0;
  let matched = 0;
  let found = 0;
  for await (const item of readRecords(readInputs([path]))) {
    if (item.kind === 'unreadable') io.err(oneLine(`cannot read ${item.place}: ${item.error.message}`, 500));
    if (item.kind !== 'delivery') continue;
    const { record } = item.delivery;
    // Every record counts, also where only one is shown.
    const counted = await explainCorrelation?.(record);
    const alone = await explainRecord?.(item.delivery);
    const isShown = options.event === undefined || record.eventID === options.event;
    const lines = [...(alone?.lines ?? []), ...(counted?.lines ?? [])];
    if (!isShown || lines.length === 0) continue;
    explained += 1;
    const holds = alone?.holds ?? true;
    matched += holds ? 1 : 0;
    found += counted?.isFinding ? 1 : 0;
    const verdict = holds ? io.color('green', 'MATCH   ') : io.color('red', 'NO MATCH');
    io.out(`${verdict} ${io.color('bold', nameOf(record))}`);
    for (const line of lines) io.out(line);
  }
  const which = options.event === undefined ? "of the rule's events" : 'with that eventID';
  const findings = rule.correlation === undefined ? '' : `, ${found} with which there is a finding`;
  io.err(`${plural(explained, 'record')} ${which}, ${matched} match${findings}`);
  if (explained === 0) return 2;
  return (rule.correlation === undefined ? matched : found) > 0 ? 0 : 1;
};

type ConditionView = (
  delivery: Delivery,
) => Promise<{ readonly lines: readonly string[]; readonly holds: boolean } | undefined>;

/** Shows every leaf of a rule on each record of its events, or on the one that was asked for. */
const createConditionView = (rule: Rule, ruleSet: RuleSet, { event }: ExplainOptions, io: Io): ConditionView => {
  const detector = createDetector({ ...ruleSet, rules: [rule], correlationRules: [] });
  return async (delivery) => {
    const { record } = delivery;
    const isItsEvent = isEventOf(record, rule);
    if (!isItsEvent && record.eventID !== event) return undefined;
    const explanation = await explainCondition(rule.conditions, record, ruleSet);
    const { suppressed } = await detector.detect(delivery, 0);
    const lines = [...renderTree(explanation, 1, io), ...suppressed.map(renderSuppression)];
    if (isItsEvent) return { lines, holds: explanation.holds };
    return { lines: [`  ${mark(false, io)} the event is not among the rule's events`, ...lines], holds: false };
  };
};

const nameOf = (record: CloudTrailRecord): string =>
  oneLine(`${record.eventTime} ${eventSourceOf(record)} ${eventNameOf(record)} ${record.eventID}`);

const renderSuppression = ({ suppression: { reason, owner, expires } }: SuppressedMatch): string =>
  `  suppressed, so nobody is told: ${reason} (${owner}, until ${expires})`;

const mark = (holds: boolean, io: Io): string => (holds ? io.color('green', '✓') : io.color('red', '✗'));

const says = { all: 'all of', any: 'at least one of', not: 'not' } as const;

/** What did not decide its parent is dim: the failing branches of an "any" that holds, say. */
const renderTree = (explanation: Explanation, depth: number, io: Io, isDecisive = true): readonly string[] => {
  const indent = '  '.repeat(depth);
  const line = (text: string): string =>
    `${indent}${mark(explanation.holds, io)} ${isDecisive ? text : io.color('dim', text)}`;
  if (explanation.node !== 'leaf') {
    const name = explanation.condition === undefined ? '' : `${explanation.condition}: `;
    const isDeciding = (child: Explanation): boolean =>
      isDecisive && (explanation.node === 'not' || child.holds === explanation.holds);
    return [
      line(`${name}${says[explanation.node]}`),
      ...explanation.of.flatMap((child) => renderTree(child, depth + 1, io, isDeciding(child))),
    ];
  }
  const items = (explanation.items ?? []).flatMap((item, index) => [
    `${indent}    item ${index}`,
    ...renderTree(item, depth + 3, io, isDecisive && item.holds === explanation.holds),
  ]);
  return [line(renderLeaf(explanation)), ...items];
};
