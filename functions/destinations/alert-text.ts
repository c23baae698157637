import type { Alert } from '../../engine/alert.ts';

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];

/** An alert as plain text, for e-mail and as the fallback of richer forms. */
export const renderAlertText = (alert: Alert): string => {
  const width = Math.max(...alert.facts.map(({ label }) => label.length), 0);
  return [
    `${alert.severity.toUpperCase()}  ${alert.title}`,
    '',
    alert.message,
    ...(alert.about === undefined ? [] : ['', alert.about]),
    '',
    ...alert.facts.map(({ label, value }) => `${label.padEnd(width)}  ${value}`),
    ...section('Why it fired', alert.why),
    ...section('What was done', alert.done),
    ...section('What to do next', alert.next?.split('\n') ?? []),
    ...section(
      'Links',
      alert.links.map(({ label, url }) => `${label}: ${url}`),
    ),
    '',
    `Rule ${alert.rule}, finding ${alert.thread}`,
  ].join('\n');
};
