import { appendFileSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Delivery } from '../engine/delivery.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import type { Severity } from '../engine/severity.ts';
import { type Accept, openDoor } from './http-door.ts';
import { inTurn } from './in-turn.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { play } from './play.ts';
import { openSqliteState } from './sqlite-state.ts';
import { createTeller } from './tell-alerts.ts';
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
  if (options.once && options.play === undefined) {
    throw new ConfigError('CONFIG_INVALID', '--once ends after playing; say what with --play <path>');
  }
  const ruleSet = loadRules(options.rules);
  const state = attempt(`keep state in ${options.state}`, () => {
    if (options.state !== ':memory:') mkdirSync(dirname(options.state), { recursive: true });
    return openSqliteState(options.state, io.now());
  });
  const closing: (() => unknown)[] = [() => state.close()];
  try {
    attempt(`write alerts to ${options.alerts}`, () => {
      mkdirSync(dirname(options.alerts), { recursive: true });
      appendFileSync(options.alerts, '', { mode: 0o600 });
    });
    let told: string[] = [];
    const teller = createTeller(options.alerts, options.minSeverity, io);
    const compile = (content: RuleSet): Pipeline =>
      createPipeline({
        content,
        store: state.store,
        signals: state.signals,
        now: io.now,
        tell: (news) => {
          teller.tell(news);
          told.push(news.finding.finding_info.uid);
        },
      });
    let run = compile(ruleSet);
    // One record at a time: two that are one finding, at once, would both be news.
    const accept: Accept = inTurn(async (delivery: Delivery) => {
      told = [];
      const { failures } = await run(delivery);
      for (const failure of failures) io.err(`RULE FAILED: ${failure.message}`);
      return told;
    });

    if (!options.once) {
      const door = await open(options.port, accept);
      closing.unshift(() => close(door));
      const watcher = watchRules(options.rules, io, (changed) => {
        run = compile(changed);
      });
      closing.unshift(() => watcher.close());
      if (options.play !== undefined) await play(options.play, accept, io, stop);
      listen(door, options, io);
      await stopped(stop);
      return 0;
    }
    const records = await play(options.play ?? '', accept, io, stop);
    const { findings, alerts, planned } = teller.count;
    io.err(
      `${plural(findings, 'finding')}, ${plural(alerts, 'alert')} (also in ${options.alerts}), ${plural(planned, 'response')} planned`,
    );
    return records > 0 ? 0 : 2;
  } finally {
    for (const step of closing) await step();
  }
};

const attempt = <T>(what: string, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot ${what}: ${messageOf(error)}`, { cause: error });
  }
};

const open = async (port: number, accept: Accept): Promise<Server> => {
  try {
    return await openDoor(port, accept);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = inUse ? 'another program has it; take another with --port, 0 for any' : messageOf(error);
    throw new ConfigError('CONFIG_INVALID', `cannot listen on port ${port} of 127.0.0.1: ${why}`, { cause: error });
  }
};

const listen = (door: Server, { alerts, rules }: ServeOptions, io: Io): void => {
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  io.err(`Listening on ${url} for records, EventBridge events and PutEvents; changes below ${rules}/ are taken up.`);
  io.err(`Alerts are also in ${alerts}. Try one of these, and Ctrl-C to end:`);
  io.err(`  aws events put-events --endpoint-url ${url} --entries file://event.json`);
  io.err(`  curl --data-binary @record.json ${url}`);
};

const close = (door: Server): Promise<void> => {
  door.closeAllConnections();
  return new Promise((resolve) => door.close(() => resolve()));
};

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
