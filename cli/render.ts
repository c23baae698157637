import { type Alert, alertOfActivity, alertOfFinding } from '../engine/alert.ts';
import type { Activity, Finding } from '../engine/ocsf.ts';
import type { Severity } from '../engine/severity.ts';
import type { Io } from './io.ts';

const colors = {
  informational: 'dim',
  low: 'dim',
  medium: 'cyan',
  high: 'yellow',
  critical: 'red',
} as const satisfies Record<Severity, string>;
const indent = ' '.repeat(10);

const badge = (alert: Alert, io: Io): string =>
  io.color(colors[alert.severity], alert.severity.toUpperCase().padEnd(9));

/** A finding in a few lines: what, who, where, and what would be done about it. */
export const renderFinding = (finding: Finding, activities: readonly Activity[], io: Io): readonly string[] => {
  const alert = alertOfFinding(finding);
  const fact = (label: string): string | undefined => alert.facts.find((each) => each.label === label)?.value;
  const where = [fact('From'), fact('Where')].filter((part) => part !== undefined).join(', ');
  return [
    `${badge(alert, io)} ${io.color('bold', alert.title)}  ${io.color('dim', `${fact('When')}  ${alert.rule}`)}`,
    `${indent}${alert.message}`,
    `${indent}${io.color('dim', `${fact('Who')}; ${where}`)}`,
    ...activities.map((activity) => `${indent}response: ${alertOfActivity(activity).message}`),
  ];
};

/** An alert in full, as `serve` prints it. */
export const renderAlert = (alert: Alert, io: Io): readonly string[] => [
  `${badge(alert, io)} ${io.color('bold', alert.title)}`,
  `${indent}${alert.message}`,
  ...alert.facts.map(({ label, value }) => `${indent}${io.color('dim', label.padEnd(10))} ${value}`),
  ...list('Why it fired', alert.why, io),
  ...list('What was done', alert.done, io),
  ...list('What to do next', alert.next?.split('\n') ?? [], io),
  '',
];

const list = (title: string, lines: readonly string[], io: Io): readonly string[] =>
  lines.length === 0 ? [] : [`${indent}${io.color('dim', title)}`, ...lines.map((line) => `${indent}  ${line}`)];
