import type { CoverageReport, Covered } from '../../engine/coverage-report.ts';
import { plural } from '../../engine/plural.ts';
import { type Html, html } from '../../engine/safe-html.ts';
import { attackHelp, familyInWords, readingHelp, rulesInWords, statesInWords, titleOfFramework } from './words.ts';

/** More are folded: a table of long lists is not read. */
const maxNamed = 8;

const renderReason = (row: Covered, report: CoverageReport): readonly Html[] => {
  const { rules, unseen, why } = row;
  const names = rulesInWords(row, report);
  const isFolded = rules.length > maxNamed && rules.length < report.rules;
  return [
    ...(why === undefined ? [] : [html`<p>${why}</p>`]),
    ...(unseen.length === 0 ? [] : [html`<p>Not seen: ${unseen.join(', ')}</p>`]),
    ...(rules.length === 0 || isFolded ? [] : [html`<p>${names}</p>`]),
    ...(isFolded ? [html`<details><summary>${plural(rules.length, 'rule')}</summary>${names}</details>`] : []),
  ];
};

const renderRow = (row: Covered, report: CoverageReport): Html =>
  html`<tr class="${row.state.replace(' ', '-')}"><th scope="row">${row.id}</th><td>${row.title}</td><td>${row.state}</td><td>${renderReason(row, report)}</td></tr>
`;

const table = (caption: string, head: string, rows: readonly Covered[], report: CoverageReport): Html =>
  rows.length === 0
    ? html`<p><strong>${caption}</strong></p>
`
    : html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Number</th><th scope="col">${head}</th><th scope="col">State</th><th scope="col">By, or why not</th></tr></thead>
<tbody>
${rows.map((row) => renderRow(row, report))}</tbody>
</table>
`;

const section = (id: string, title: string, about: string, body: readonly Html[]): Html =>
  html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p>${about}</p>
${body}</section>
`;

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #8888; padding: .3rem .6rem .3rem 0; overflow-wrap: anywhere; }
th[scope=row] { white-space: nowrap; font-weight: normal; }
td p { margin: 0; }
tr.open td:nth-child(3), tr.partly td:nth-child(3) { font-weight: bold; }
@media print { details > * { display: block; } nav { display: none; } }
`;

/** The report as one HTML file without scripts: every text in it is escaped, and nothing is loaded from elsewhere. */
export const renderHtml = (report: CoverageReport, date: string): string => {
  const { tactics, version } = report.attack;
  const sections = [
    ...report.frameworks.map((framework) => ({
      id: framework.name,
      title: titleOfFramework(framework),
      about: `${statesInWords(framework.controls)}. ${framework.scope}`,
      body: [
        html`<p><a href="${framework.source}">${framework.source}</a></p>\n`,
        table('Controls, in our words', 'Control', framework.controls, report),
      ],
    })),
    {
      id: 'attack',
      title: `ATT&CK ${version}`,
      about: attackHelp,
      body: tactics.map(({ id, name, techniques, rules }) =>
        table(
          `${id} ${name}: ${statesInWords(techniques)}, by ${plural(rules.length, 'rule')}`,
          'Technique',
          techniques,
          report,
        ),
      ),
    },
    {
      id: 'detections',
      title: 'Known detections',
      about: 'What is known to be worth finding in CloudTrail, and what became of it.',
      body: report.detections.map((family) =>
        table(`${family.title}: ${familyInWords(family)}`, 'Detection', family.detections, report),
      ),
    },
  ].filter(({ body }) => body.length > 0);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What Trailwire covers</title>
<style>${{ html: style }}</style>
</head>
<body>
<header>
<h1>What Trailwire covers</h1>
<p>${date}. ${readingHelp(report)}</p>
</header>
<nav aria-label="Sections"><ul>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
<main>
${sections.map(({ id, title, about, body }) => section(id, title, about, body))}</main>
</body>
</html>`.html;
};
