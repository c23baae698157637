import { appendFileSync, mkdirSync, watch } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { type Alert, alertOfActivity, alertOfFinding } from '../engine/alert.ts';
import { type Delivery, unwrap } from '../engine/delivery.ts';
import { messageOf } from '../engine/errors.ts';
import { isAtLeast, type Severity } from '../engine/severity.ts';
import { openDoor } from './http-door.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { createPipeline, inflate } from './pipeline.ts';
import { readInputs } from './read-inputs.ts';
import { renderAlert } from './render.ts';
import { createSqliteWindowStore } from './sqlite-window-store.ts';

export type ServeOptions = {
  readonly rules: string;
  readonly port: number;
  /** SQLite file, or `:memory:` to forget everything at the end. */
  readonly state: string;
  readonly alerts: string;
  readonly minSeverity: Severity;
  /** Logs to play at the start, in order of event time. */
  readonly play?: string;
  /** End after playing. */
  readonly once: boolean;
};

/** `trailwire serve`: the engine in one process, fed over HTTP; alerts to the terminal and a file, responses planned only. */
export const serve = async (options: ServeOptions, io: Io, stop: AbortSignal): Promise<number> => {
  for (const file of [options.state, options.alerts])
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const store = createSqliteWindowStore(options.state, io.now());
  let run = createPipeline(loadRules(options.rules), store, io.now);

  const tell = (alert: Alert): void => {
    appendFileSync(options.alerts, `${JSON.stringify(alert)}\n`);
    for (const line of renderAlert(alert, io)) io.out(line);
  };

  const accept = async (deliveries: readonly Delivery[]): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (const delivery of deliveries) {
      const { news, failures } = await run(delivery);
      for (const failure of failures) io.err(`RULE FAILED: ${failure.message}`);
      for (const { finding, activities } of news) {
        ids.push(finding.finding_info.uid);
        const alerts = [alertOfFinding(finding), ...activities.map(alertOfActivity)];
        alerts.filter((alert) => isWanted(alert, options.minSeverity)).forEach(tell);
      }
    }
    return ids;
  };

  try {
    if (options.play !== undefined) await play(options.play, accept, io);
    if (options.once) return 0;
    const door = await openDoor(options.port, accept);
    const watcher = watchRules(options.rules, io, (ruleSet) => {
      run = createPipeline(ruleSet, store, io.now);
    });
    const { port } = door.address() as AddressInfo;
    io.err(
      `Listening on http://127.0.0.1:${port} for records, EventBridge events and PutEvents. Alerts go to ${options.alerts}`,
    );
    io.err(`Try: aws events put-events --endpoint-url http://127.0.0.1:${port} --entries file://event.json`);
    await stopped(stop);
    watcher.close();
    door.closeAllConnections();
    await new Promise<void>((resolve) => door.close(() => resolve()));
    return 0;
  } finally {
    store.close();
  }
};

/** The terminal stands for all destinations: what would reach none of them stays out of it. */
const isWanted = ({ notify, ruleStatus, severity }: Alert, least: Severity): boolean =>
  ruleStatus !== 'experimental' && (notify === undefined ? isAtLeast(severity, least) : notify.length > 0);

/** CloudTrail delivers out of order; a story is told in order. Only for samples: it holds all records in memory. */
const play = async (
  path: string,
  accept: (deliveries: readonly Delivery[]) => Promise<readonly string[]>,
  io: Io,
): Promise<void> => {
  const deliveries: Delivery[] = [];
  for await (const input of readInputs([path])) {
    if (input.kind === 'unreadable') io.err(`cannot read ${input.place}: ${input.error.message}`);
    else for (const item of unwrap(input.value, inflate)) if (item.kind === 'delivery') deliveries.push(item.delivery);
  }
  const timeOf = ({ record }: Delivery): string => String(record.eventTime);
  deliveries.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  io.err(`Playing ${deliveries.length} records of ${path}\n`);
  const started = io.now();
  const findings = await accept(deliveries);
  io.err(`${deliveries.length} records, ${findings.length} findings in ${((io.now() - started) / 1_000).toFixed(1)} s`);
};

const settleMs = 200;

/** Takes changed rules into use when all of them are good; a bad file is reported and the last good rules stay. */
const watchRules = (
  folder: string,
  io: Io,
  use: (ruleSet: ReturnType<typeof loadRules>) => void,
): { close: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    try {
      const ruleSet = loadRules(folder);
      use(ruleSet);
      io.err(`${ruleSet.rules.length} rules in use`);
    } catch (error) {
      io.err(`The rules in use stay as they are:\n${messageOf(error)}`);
    }
  };
  const watcher = watch(folder, { recursive: true }, () => {
    // Editors write a file in several steps; wait until they are done.
    clearTimeout(timer);
    timer = setTimeout(reload, settleMs);
  });
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
};

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
