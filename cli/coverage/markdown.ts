import type { CoverageReport, Covered } from '../../engine/coverage-report.ts';
import { markdownTable, markdownText } from '../../engine/markdown.ts';
import { plural } from '../../engine/plural.ts';
import { attackHelp, familyInWords, readingHelp, rulesInWords, statesInWords, titleOfFramework } from './words.ts';

/** The report as Markdown. */
export const renderMarkdown = (report: CoverageReport, date: string): string => {
  const table = (head: string, rows: readonly Covered[]): string =>
    markdownTable(
      ['', head, 'state', 'by, or why not'],
      rows.map((row) => [row.id, markdownText(row.title), row.state, renderReason(row, report)]),
    );
  const { tactics, version } = report.attack;
  const attack = [
    `## ATT&CK ${version}`,
    attackHelp,
    ...tactics.flatMap(({ id, name, techniques, rules }) => [
      `### ${id} ${name}`,
      `${statesInWords(techniques)}, by ${plural(rules.length, 'rule')}.`,
      ...(techniques.length === 0 ? [] : [table('technique', techniques)]),
    ]),
  ];
  const detections = [
    '## Known detections',
    ...report.detections.flatMap((family) => [
      `### ${family.family}: ${markdownText(family.title)}`,
      `${familyInWords(family)}.`,
      ...(family.detections.length === 0 ? [] : [table('detection', family.detections)]),
    ]),
  ];
  const parts = [
    '# What Trailwire covers',
    `${date}. ${markdownText(readingHelp(report))}`,
    ...report.frameworks.flatMap((framework) => [
      `## ${markdownText(titleOfFramework(framework))}`,
      `${statesInWords(framework.controls)}. ${markdownText(framework.scope)} <${framework.source}>`,
      table('control, in our words', framework.controls),
    ]),
    ...(tactics.length === 0 ? [] : attack),
    ...(report.detections.length === 0 ? [] : detections),
  ];
  return parts.join('\n\n');
};

const renderReason = (row: Covered, report: CoverageReport): string =>
  [row.why ?? '', row.unseen.length === 0 ? '' : `not seen: ${row.unseen.join(', ')}`, rulesInWords(row, report)]
    .filter((part) => part !== '')
    .map(markdownText)
    .join('; ');
