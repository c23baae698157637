import { type Alert, alertOfActivity, alertOfFinding } from '../engine/alert.ts';
import { readText } from '../engine/field.ts';
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
const width = 10;
const indent = ' '.repeat(width);

/** A severity in its colour, as wide as what stands below it is indented; the longest is wider. */
export const renderSeverity = (severity: Severity, io: Io): string =>
  io.color(colors[severity], `${severity.toUpperCase().padEnd(width - 1)} `);

/** A finding in a few lines: what, who, from where, what would be done, and what to give to `explain`. */
export const renderNews = ({ finding, activities }: News, io: Io): readonly string[] => {
  const alert = alertOfFinding(finding);
  const fact = (label: string): string => alert.facts.find((each) => each.label === label)?.value ?? '';
  const eventId = readText(finding.evidences[0]?.data, 'eventID');
  const status = alert.ruleStatus === 'stable' ? '' : ` (${alert.ruleStatus})`;
  const event = eventId === undefined ? '' : `  --event ${oneLine(eventId, 50)}`;
  const responses = activities.map(alertOfActivity).filter(isHeard);
  return [
    `${renderSeverity(alert.severity, io)}${io.color('bold', alert.title)}`,
    `${indent}${alert.message}`,
    `${indent}${fact('When')}, ${oneLine(fact('Who').replace(/, arn:.*/, ''), 80)}, from ${oneLine(fact('From'), 60)}`,
    ...responses.map(({ message }) => `${indent}response: ${message}`),
    `${indent}${io.color('dim', `${alert.rule}${status}${event}`)}`,
  ];
};

/** A finding in one line, for those that alert nobody. */
export const renderNewsLine = ({ finding }: News, io: Io): string => {
  const { severity, message, rule } = alertOfFinding(finding);
  return `${renderSeverity(severity, io)}${io.color('dim', `${oneLine(message, 120)}  (${rule})`)}`;
};

/** Responses that are no news to anybody, such as one for roles where a user acted, are told to no destination. */
const isHeard = ({ notify }: Alert): boolean => notify === undefined || notify.length > 0;

/** An alert in full, as `serve` prints it. */
export const renderAlert = (alert: Alert, io: Io): readonly string[] => [
  `${renderSeverity(alert.severity, io)}${io.color('bold', alert.title)}`,
  `${indent}${alert.message}`,
  ...(alert.about === undefined ? [] : [`${indent}${alert.about}`]),
  ...alert.facts.map(({ label, value }) => `${indent}${io.color('dim', label.padEnd(10))} ${value}`),
  ...list('Why it fired', alert.why, io),
  ...list('What was done', alert.done, io),
  ...list('What to do next', alert.next?.split('\n') ?? [], io),
  '',
];

const list = (title: string, lines: readonly string[], io: Io): readonly string[] =>
  lines.length === 0 ? [] : [`${indent}${io.color('dim', title)}`, ...lines.map((line) => `${indent}  ${line}`)];
