import { plural } from '../engine/plural.ts';
import { oneLine } from '../engine/template.ts';
import type { BeforeAndAfter, DiffReport, OfPrincipal, RuleDifference } from './diff-report.ts';
import type { Io } from './io.ts';

const maxPrincipals = 5;

/** A comparison for a terminal. */
export const renderDiff = (report: DiffReport, io: Io): readonly string[] => [
  ...renderHead(report),
  ...report.rules.flatMap((rule) => renderRule(rule, io)),
  ...renderRest(report),
];

const row = (label: string, { before, after }: BeforeAndAfter<number | string>): string =>
  `${label.padEnd(20)}${String(before).padStart(10)}${String(after).padStart(10)}`;

const renderHead = (report: DiffReport): readonly string[] => {
  const { before, after } = report.counts;
  return [
    spanOf(report.logs),
    '',
    row('', { before: 'before', after: 'after' }),
    row('findings', { before: before.findings, after: after.findings }),
    row('alerts', { before: before.alerts, after: after.alerts }),
    row('alerts a week', report.alertsPerWeek),
    row('responses planned', { before: before.responses, after: after.responses }),
    '',
    whatBecomesOfAlerts(report),
  ];
};

/** Alerts that are gained, lost, and told in more or fewer pieces than before. */
export const whatBecomesOfAlerts = ({ counts: { before, after }, gained, lost }: DiffReport): string => {
  const others = after.alerts - before.alerts - gained + lost;
  const pieces = others > 0 ? `, ${others} more for what was told before` : `, ${-others} fewer for what is still told`;
  return `${plural(gained, 'alert')} gained, ${lost} lost${others === 0 ? '' : pieces}`;
};

/** Which logs the comparison is about, as a sentence. */
export const spanOf = ({ records, unreadable, from, until, weeks }: DiffReport['logs']): string => {
  const span = from === undefined ? '' : ` from ${from} to ${until}`;
  const counted = weeks === 1 ? ', counted as one week' : `, ${weeks} weeks`;
  return `${plural(records, 'record')}${span}${counted}${unreadable === 0 ? '' : `; ${plural(unreadable, 'unreadable item')}`}`;
};

const renderRule = (rule: RuleDifference, io: Io): readonly string[] => [
  '',
  `${io.color('bold', rule.rule)}  ${rule.is === 'the same' ? '' : `${rule.is}, `}${severityChange(rule)}  ${whatChanged(rule)}`,
  ...renderPrincipals('-', 'red', rule.removed, io),
  ...renderPrincipals('+', 'green', rule.added, io),
  ...rule.suppressedBy.map((reason) => `    suppressed: ${oneLine(reason)}`),
];

/** `high`, or `high (was medium)`. */
export const severityChange = ({ severity: { before, after } }: RuleDifference): string => {
  if (before === undefined || after === undefined) return after ?? before ?? '';
  return before === after ? after : `${after} (was ${before})`;
};

/** In words, what of findings, alerts and responses is another number than before. */
export const whatChanged = ({ counts: { before, after }, gained, lost }: RuleDifference): string =>
  [
    `${before.findings} -> ${plural(after.findings, 'finding')}`,
    ...(before.alerts === after.alerts ? [] : [`${before.alerts} -> ${plural(after.alerts, 'alert')}`]),
    ...(gained === 0 ? [] : [`${gained} gained`]),
    ...(lost === 0 ? [] : [`${lost} lost`]),
    ...(before.responses === after.responses ? [] : [`${before.responses} -> ${plural(after.responses, 'response')}`]),
  ].join(', ');

const renderPrincipals = (
  sign: '+' | '-',
  color: 'red' | 'green',
  principals: readonly OfPrincipal[],
  io: Io,
): readonly string[] => [
  ...principals
    .slice(0, maxPrincipals)
    .flatMap(({ principal, findings, first, last, message, event }) => [
      io.color(color, `  ${sign} ${plural(findings, 'finding')} of ${oneLine(principal)}, ${fromTo(first, last)}`),
      `      ${io.color('dim', `${oneLine(message, 120)}  --event ${oneLine(event, 50)}`)}`,
    ]),
  ...(principals.length > maxPrincipals ? [`  ${sign} of ${principals.length - maxPrincipals} more principals`] : []),
];

export const fromTo = (first: string, last: string): string => (first === last ? first : `${first} to ${last}`);

const renderRest = (report: DiffReport): readonly string[] =>
  restOf(report).flatMap(({ title, rules }) => [
    '',
    ...(rules.length === 0 ? [`${title}.`] : [`${title}:`, ...rules.map((rule) => `  ${rule}`)]),
  ]);

/** What a reader must know of the rules that differ in their files and not in what they find. */
export const restOf = ({ rules, unchanged, untried }: DiffReport) =>
  [
    { title: 'These logs show no difference', rules: [], isShown: rules.length === 0 },
    { title: 'Changed, and the same findings in these logs', rules: unchanged, isShown: unchanged.length > 0 },
    { title: 'Changed, and nothing for them to find in these logs', rules: untried, isShown: untried.length > 0 },
  ].filter(({ isShown }) => isShown);
