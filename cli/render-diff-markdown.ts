import { plural } from '../engine/plural.ts';
import { oneLine } from '../engine/template.ts';
import type { DiffReport, OfPrincipal, RuleDifference } from './diff-report.ts';
import { fromTo, restOf, severityChange, spanOf, whatBecomesOfAlerts, whatChanged } from './render-diff.ts';

/** GitHub takes comments of up to 65,536 characters; what is beyond is counted. */
const maxLength = 60_000;
const maxPrincipals = 5;

/**
 * A comparison as Markdown for a pull request. What comes from records and rule files is code in which every punctuation
 * mark is an entity: names can be no link, mention, image, table cell or comment.
 */
export const renderDiffMarkdown = (report: DiffReport, objections: readonly string[]): readonly string[] => {
  const { names, counts, alertsPerWeek, logs } = report;
  const head = [
    `### Rules: ${whatBecomesOfAlerts(report)}`,
    '',
    ...objections.map((objection) => `> **${text(objection)}**\n`),
    `${text(spanOf(logs))}. Before: ${code(names.before)}, after: ${code(names.after)}.`,
    '',
    '| | before | after |',
    '| --- | ---: | ---: |',
    `| alerts a week | ${alertsPerWeek.before} | ${alertsPerWeek.after} |`,
    `| alerts | ${counts.before.alerts} | ${counts.after.alerts} |`,
    `| findings | ${counts.before.findings} | ${counts.after.findings} |`,
    `| responses planned | ${counts.before.responses} | ${counts.after.responses} |`,
  ];
  return [...head, ...withinLength(report.rules.map(renderRule), head), ...renderRest(report)];
};

/** Text of ours or of numbers, in which nothing is Markdown. */
const text = (value: string): string => value.replace(/[&<>|`*_[\]()#@!\\~:{}]/g, entity);

const code = (value: string): string => `<code>${oneLine(value).replace(/[^\p{L}\p{N} -]/gu, entity)}</code>`;

const entity = (character: string): string => `&#${character.codePointAt(0)};`;

const withinLength = (rules: readonly string[], head: readonly string[]): readonly string[] => {
  const shown: string[] = [];
  let length = head.join('\n').length;
  for (const rule of rules) {
    length += rule.length;
    if (length < maxLength) shown.push(rule);
  }
  const left = rules.length - shown.length;
  return left === 0
    ? shown
    : [...shown, '', `${plural(left, 'rule')} more would not fit here; \`--format text\` has all.`];
};

const renderRule = (rule: RuleDifference): string =>
  [
    '',
    `**${code(rule.rule)}** ${rule.is === 'the same' ? '' : `${rule.is}, `}${severityChange(rule)}: ${whatChanged(rule).replaceAll('->', '→')}`,
    '',
    ...renderPrincipals('removed', rule.removed),
    ...renderPrincipals('added', rule.added),
    ...rule.suppressedBy.map((reason) => `- suppressed: ${code(reason)}`),
  ].join('\n');

const renderPrincipals = (what: string, principals: readonly OfPrincipal[]): readonly string[] => [
  ...principals
    .slice(0, maxPrincipals)
    .map(
      ({ principal, findings, first, last, message }) =>
        `- ${what}: ${plural(findings, 'finding')} of ${code(principal)}, ${text(fromTo(first, last))}<br>${code(message)}`,
    ),
  ...(principals.length > maxPrincipals ? [`- ${what}: of ${principals.length - maxPrincipals} more principals`] : []),
];

const maxListed = 30;

const renderRest = (report: DiffReport): readonly string[] =>
  restOf(report).flatMap(({ title, rules }) => {
    const left = rules.length - maxListed;
    const shown = rules.slice(0, maxListed).map(code).join(', ');
    return ['', `${title}${rules.length === 0 ? '' : `: ${shown}${left > 0 ? ` and ${left} more` : ''}`}.`];
  });
