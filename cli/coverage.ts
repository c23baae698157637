import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CoverageReport, reportCoverage } from '../engine/coverage-report.ts';
import { ConfigError } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import type { coverageFormats } from './choices.ts';
import { renderHtml } from './coverage/html.ts';
import { renderMarkdown } from './coverage/markdown.ts';
import { navigatorLayer } from './coverage/navigator.ts';
import { renderText } from './coverage/text.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';

export type CoverageOptions = {
  readonly rules: string;
  readonly format: (typeof coverageFormats)[number];
  readonly framework?: readonly string[];
  readonly out?: string;
};

/** `trailwire coverage`: what the rules cover of standards, ATT&CK and known detections, and what not, with the reason. */
export const coverage = ({ rules, format, framework, out }: CoverageOptions, io: Io): number => {
  const whole = reportCoverage(loadRules(rules));
  const report = framework === undefined ? whole : onlyFrameworks(whole, framework, format);
  const text = render(report, format, framework !== undefined, io);
  if (out === undefined) io.out(text);
  else {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, `${text}\n`);
  }
  const parts = [
    plural(report.frameworks.length, 'framework'),
    ...(framework === undefined ? [plural(report.attack.tactics.length, 'tactic')] : []),
  ];
  io.err(`${plural(report.rules, 'rule')}, ${parts.join(', ')}${out === undefined ? '' : `: ${out}`}`);
  return 0;
};

/** The report on some frameworks alone, as their auditor wants it. */
const onlyFrameworks = (
  report: CoverageReport,
  names: readonly string[],
  format: CoverageOptions['format'],
): CoverageReport => {
  if (format === 'navigator') {
    throw new ConfigError('CONFIG_INVALID', 'a layer of the Navigator is about ATT&CK; leave out --framework');
  }
  const known = report.frameworks.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) {
      const hint = didYouMean(name, known) || `; there are ${known.join(', ')}`;
      throw new ConfigError('CONFIG_INVALID', `there is no framework "${name}"${hint}`);
    }
  }
  return {
    ...report,
    frameworks: report.frameworks.filter(({ name }) => names.includes(name)),
    attack: { ...report.attack, tactics: [] },
    detections: [],
  };
};

const render = (report: CoverageReport, format: CoverageOptions['format'], whole: boolean, io: Io): string => {
  const date = new Date(io.now()).toISOString().slice(0, 10);
  switch (format) {
    case 'text':
      return renderText(report, whole, io).join('\n');
    case 'markdown':
      return renderMarkdown(report, date);
    case 'json':
      return JSON.stringify({ date, ...report }, null, 2);
    case 'html':
      return renderHtml(report, date);
    case 'navigator':
      return JSON.stringify(navigatorLayer(report), null, 2);
  }
};
