import { appendFileSync } from 'node:fs';
import { type Alert, alertOfActivity, alertOfFinding } from '../engine/alert.ts';
import { isAtLeast, type Severity } from '../engine/severity.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import type { News } from './pipeline.ts';
import { renderAlert, renderNewsLine } from './render.ts';

/** Tells alerts to the terminal and, as JSON lines, to a file; findings that alert nobody get a line on the terminal. */
export const createTeller = (file: string, least: Severity, io: Io) => {
  const count = { findings: 0, alerts: 0, planned: 0 };

  /** Terminal and file stand for all destinations: what would reach none of them stays out. */
  const isWanted = ({ notify, ruleStatus, severity }: Alert): boolean =>
    ruleStatus !== 'experimental' && (notify === undefined ? isAtLeast(severity, least) : notify.length > 0);

  return {
    count,
    tell: (news: News): void => {
      const alerts = [alertOfFinding(news.finding), ...news.activities.map(alertOfActivity)].filter(isWanted);
      if (alerts.length === 0) io.out(`${renderNewsLine(news, io)}\n`);
      for (const alert of alerts) {
        appendFileSync(file, `${jsonLine(alert)}\n`, { mode: 0o600 });
        for (const line of renderAlert(alert, io)) io.out(line);
      }
      count.findings += 1;
      count.alerts += alerts.length;
      count.planned += news.activities.filter(({ unmapped }) => unmapped.trailwire.outcome === 'planned').length;
    },
  };
};
