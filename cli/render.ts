import { type Alert, alertOfActivity, alertOfFinding } from '../engine/alert.ts';
import { readText } from '../engine/field.ts';
import type { Activity } from '../engine/ocsf.ts';
import type { Severity } from '../engine/severity.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import type { News } from './pipeline.ts';

const colors = {
  informational: 'dim',
  low: 'dim',
  medium: 'cyan',
  high: 'yellow',
  critical: 'red',
} as const satisfies Record<Severity, string>;
const width = 'informational '.length;
const indent = ' '.repeat(width);

/** A severity in its colour, padded to one width. */
export const renderSeverity = (severity: Severity, io: Io): string =>
  io.color(colors[severity], severity.toUpperCase().padEnd(width));

/** A finding in a few lines: what, who, from where, what would be done, and what to give to `explain`. */
export const renderNews = ({ finding, activities }: News, io: Io): readonly string[] => {
  const alert = alertOfFinding(finding);
  const fact = (label: string): string => alert.facts.find((each) => each.label === label)?.value ?? '';
  const eventId = readText(finding.evidences[0]?.data, 'eventID');
  const status = alert.ruleStatus === 'stable' ? '' : ` (${alert.ruleStatus})`;
  return [
    `${renderSeverity(alert.severity, io)}${io.color('bold', alert.title)}`,
    `${indent}${alert.message}`,
    `${indent}${fact('When')}  ${oneLine(fact('Who'), 100)}  from ${oneLine(fact('From'), 60)}`,
    ...applicable(activities).map((activity) => `${indent}response: ${alertOfActivity(activity).message}`),
    `${indent}${io.color('dim', `${alert.rule}${status}${eventId === undefined ? '' : `  --event ${oneLine(eventId)}`}`)}`,
  ];
};

/** A finding in one line, for those that alert nobody. */
export const renderNewsLine = ({ finding }: News, io: Io): string => {
  const { severity, message, rule } = alertOfFinding(finding);
  return `${renderSeverity(severity, io)}${io.color('dim', `${oneLine(message, 120)}  ${rule}`)}`;
};

/** A rule may name a response for keys and one for sessions: the one that does not apply is worth a line only if none does. */
const applicable = (activities: readonly Activity[]): readonly Activity[] => {
  const some = activities.filter(({ unmapped }) => unmapped.trailwire.refused !== 'not-applicable');
  return some.length > 0 ? some : activities;
};

/** An alert in full, as `serve` prints it. */
export const renderAlert = (alert: Alert, io: Io): readonly string[] => [
  `${renderSeverity(alert.severity, io)}${io.color('bold', alert.title)}`,
  `${indent}${alert.message}`,
  ...alert.facts.map(({ label, value }) => `${indent}${io.color('dim', label.padEnd(13))} ${value}`),
  ...list('Why it fired', alert.why, io),
  ...list('What was done', alert.done, io),
  ...list('What to do next', alert.next?.split('\n') ?? [], io),
  '',
];

const list = (title: string, lines: readonly string[], io: Io): readonly string[] =>
  lines.length === 0 ? [] : [`${indent}${io.color('dim', title)}`, ...lines.map((line) => `${indent}  ${line}`)];
