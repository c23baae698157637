import { coversEvent } from '../engine/compile.ts';
import { unwrap } from '../engine/delivery.ts';
import { ConfigError } from '../engine/errors.ts';
import { type Explanation, explain as explainCondition } from '../engine/explain.ts';
import { eventNameOf, eventSourceOf } from '../engine/record.ts';
import { oneLine } from '../engine/template.ts';
import { renderLeaf } from '../engine/why.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { inflate } from './pipeline.ts';
import { readInputs } from './read-inputs.ts';

/** `trailwire explain <rule> <path|->`: every leaf of one rule on each record, with what it saw; 1 when no record matches. */
export const explain = async (
  id: string,
  path: string,
  options: { readonly rules: string; readonly event?: string },
  io: Io,
): Promise<number> => {
  const ruleSet = loadRules(options.rules);
  const rule = ruleSet.rules.find((each) => each.id === id);
  if (rule === undefined)
    throw new ConfigError('CONFIG_INVALID', `there is no rule ${JSON.stringify(id)} in ${options.rules}`);
  let explained = 0;
  let matched = 0;
  for await (const input of readInputs([path])) {
    if (input.kind === 'unreadable') {
      io.err(`cannot read ${input.place}: ${input.error.message}`);
      continue;
    }
    for (const item of unwrap(input.value, inflate)) {
      if (item.kind === 'unreadable') io.err(`cannot read ${input.place}${item.place}: ${item.error.message}`);
      if (item.kind !== 'delivery') continue;
      const { record } = item.delivery;
      if (options.event !== undefined && record.eventID !== options.event) continue;
      const isItsEvent =
        rule.events === undefined || coversEvent(rule.events, String(record.eventSource), String(record.eventName));
      if (!isItsEvent && options.event === undefined) continue;
      const explanation = await explainCondition(rule.conditions, record, ruleSet);
      const holds = isItsEvent && explanation.holds;
      explained += 1;
      matched += holds ? 1 : 0;
      const title = oneLine(`${record.eventTime} ${eventSourceOf(record)} ${eventNameOf(record)} ${record.eventID}`);
      io.out(`${holds ? io.color('green', 'MATCH   ') : io.color('red', 'NO MATCH')} ${title}`);
      if (!isItsEvent) io.out(`  ${mark(false, io)} the event is not among the rule's events`);
      for (const line of renderTree(explanation, 1, io)) io.out(line);
    }
  }
  io.err(`${explained} records of the rule's events, ${matched} match`);
  if (explained === 0) return 2;
  return matched > 0 ? 0 : 1;
};

const mark = (holds: boolean, io: Io): string => (holds ? io.color('green', '✓') : io.color('red', '✗'));

const renderTree = (explanation: Explanation, depth: number, io: Io): readonly string[] => {
  const start = `${'  '.repeat(depth)}${mark(explanation.holds, io)} `;
  if (explanation.node !== 'leaf') {
    const name = explanation.condition === undefined ? '' : ` (${explanation.condition})`;
    return [
      `${start}${explanation.node}${name}`,
      ...explanation.of.flatMap((child) => renderTree(child, depth + 1, io)),
    ];
  }
  const items = (explanation.items ?? []).flatMap((item, index) => [
    `${'  '.repeat(depth + 1)}item ${index}`,
    ...renderTree(item, depth + 2, io),
  ]);
  return [`${start}${renderLeaf(explanation)}`, ...items];
};
