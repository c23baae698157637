import { createDetector, type SuppressedMatch } from '../engine/detector.ts';
import { ConfigError } from '../engine/errors.ts';
import { type Explanation, explain as explainCondition } from '../engine/explain.ts';
import { type CloudTrailRecord, eventNameOf, eventSourceOf } from '../engine/record.ts';
import { coversEvent } from '../engine/rule-index.ts';
import { oneLine } from '../engine/template.ts';
import { renderLeaf } from '../engine/why.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { plural } from './plural.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

export type ExplainOptions = { readonly rules: string; readonly event?: string };

/** `trailwire explain <rule> <path|->`: every leaf of one rule on each record of its events; 1 when none matches, 2 when there is none. */
export const explain = async (id: string, path: string, options: ExplainOptions, io: Io): Promise<number> => {
  const ruleSet = loadRules(options.rules);
  const rule = ruleSet.rules.find((each) => each.id === id);
  if (rule === undefined) {
    const hint = didYouMean(
      id,
      ruleSet.rules.map((each) => each.id),
    );
    throw new ConfigError('CONFIG_INVALID', `there is no rule ${JSON.stringify(id)} in ${options.rules}${hint}`);
  }
  const detector = createDetector({ ...ruleSet, rules: [rule] });
  const isItsEvent = (record: CloudTrailRecord): boolean =>
    rule.events === undefined || coversEvent(rule.events, String(record.eventSource), String(record.eventName));
  let explained = 0;
  let matched = 0;
  for await (const item of readRecords(readInputs([path]))) {
    if (item.kind === 'unreadable') io.err(oneLine(`cannot read ${item.place}: ${item.error.message}`, 500));
    if (item.kind !== 'delivery') continue;
    const { record } = item.delivery;
    const isWanted = options.event === undefined ? isItsEvent(record) : record.eventID === options.event;
    if (!isWanted) continue;
    const explanation = await explainCondition(rule.conditions, record, ruleSet);
    const holds = isItsEvent(record) && explanation.holds;
    explained += 1;
    matched += holds ? 1 : 0;
    io.out(
      `${holds ? io.color('green', 'MATCH   ') : io.color('red', 'NO MATCH')} ${io.color('bold', nameOf(record))}`,
    );
    if (!isItsEvent(record)) io.out(`  ${mark(false, io)} the event is not among the rule's events`);
    const { suppressed } = await detector.detect(item.delivery, 0);
    for (const line of [...renderTree(explanation, 1, io), ...suppressed.map(renderSuppression)]) io.out(line);
  }
  const which = options.event === undefined ? "of the rule's events" : 'with that eventID';
  io.err(`${plural(explained, 'record')} ${which}, ${matched} match`);
  if (explained === 0) return 2;
  return matched > 0 ? 0 : 1;
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
