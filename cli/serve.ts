import { appendFileSync, mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { type Alert, alertOfActivity, alertOfFinding } from '../engine/alert.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import { isAtLeast, type Severity } from '../engine/severity.ts';
import { type Accept, openDoor } from './http-door.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { loadRules } from './load-rules.ts';
import { createPipeline, type News, type Pipeline } from './pipeline.ts';
import { play } from './play.ts';
import { renderAlert } from './render.ts';
import { createSqliteWindowStore } from './sqlite-window-store.ts';
import { watchRules } from './watch-rules.ts';

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
  const content = loadRules(options.rules);
  for (const file of [options.state, options.alerts]) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  }
  const store = createSqliteWindowStore(options.state, io.now());
  const told: string[] = [];
  const tell = ({ finding, activities }: News): void => {
    told.push(finding.finding_info.uid);
    for (const alert of [alertOfFinding(finding), ...activities.map(alertOfActivity)]) {
      if (!isWanted(alert, options.minSeverity)) continue;
      appendFileSync(options.alerts, `${jsonLine(alert)}\n`);
      for (const line of renderAlert(alert, io)) io.out(line);
    }
  };
  const pipelineOf = (ruleSet: RuleSet): Pipeline => createPipeline({ content: ruleSet, store, now: io.now, tell });
  let run = pipelineOf(content);

  const accept = inTurn(async (deliveries) => {
    for (const delivery of deliveries) {
      const { failures } = await run(delivery);
      for (const failure of failures) io.err(`RULE FAILED: ${failure.message}`);
    }
    return told.splice(0);
  });

  try {
    if (options.play !== undefined) await play(options.play, accept, io);
    if (options.once) return 0;
    const door = await open(options.port, accept);
    const watcher = watchRules(options.rules, io, (ruleSet) => {
      run = pipelineOf(ruleSet);
    });
    const address = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    io.err(`Listening on ${address} for records, EventBridge events and PutEvents. Alerts go to ${options.alerts}`);
    io.err(`Try: aws events put-events --endpoint-url ${address} --entries file://event.json`);
    await stopped(stop);
    watcher.close();
    door.closeAllConnections();
    await new Promise<void>((resolve) => door.close(() => resolve()));
    return 0;
  } finally {
    store.close();
  }
};

const open = async (port: number, accept: Accept): Promise<Awaited<ReturnType<typeof openDoor>>> => {
  try {
    return await openDoor(port, accept);
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot listen on port ${port}: ${messageOf(error)}`, { cause: error });
  }
};

/** Requests come at the same time; windows are looked at and written one request after the other. */
const inTurn = (accept: Accept): Accept => {
  let last: Promise<unknown> = Promise.resolve();
  return (deliveries) => {
    const turn = last.then(() => accept(deliveries));
    last = turn.catch(() => undefined);
    return turn;
  };
};

/** The terminal stands for all destinations: what would reach none of them stays out of it. */
const isWanted = ({ notify, ruleStatus, severity }: Alert, least: Severity): boolean =>
  ruleStatus !== 'experimental' && (notify === undefined ? isAtLeast(severity, least) : notify.length > 0);

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
