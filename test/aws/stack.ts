import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import { motoAccount, region, startMoto } from './moto.ts';
import { createQueue } from './queue.ts';
import { sharedBuild } from './shared-build.ts';

/** Deploys the stack with these parameters to moto and puts queues in place of Lambda targets, which moto cannot call. */
export const startStack = async (parameters: Readonly<Record<string, string>> = {}) => {
  const moto = await startMoto();
  const build = await sharedBuild();
  const values = Object.entries({ ...parameters, build }).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const deployed = execFileSync('npx', ['osls', 'deploy', '--region', region, ...values], {
    // Milliseconds between looks at the progress of the stack, which moto makes at once.
    env: { ...process.env, ...moto.env, CI: 'true', SLS_AWS_MONITORING_FREQUENCY: '100' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  const events = new EventBridgeClient();
  /** Deployed rules of a bus by name, each with its pattern, now delivering to a queue of the test. */
  const tap = async (bus: string, prefix: string) => {
    const queue = await createQueue(`tap-${prefix}`);
    const all: Rule[] = [];
    let NextToken: string | undefined;
    do {
      const page = await events.send(new ListRulesCommand({ EventBusName: bus, NextToken }));
      all.push(...(page.Rules ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const Rules = all.filter(({ Name }) => Name?.startsWith(prefix));
    // To moto a schedule, which has no pattern, is a rule that passes every event. And each target costs it a sixth of a second
    // for an event: that of the rule by which the archive keeps events, too.
    const others = all.filter(({ EventPattern, ManagedBy }) => EventPattern === undefined || ManagedBy !== undefined);
    for (const { Name } of [...Rules, ...others]) {
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name, EventBusName: bus }));
      const Ids = Targets.flatMap(({ Id }) => (Id === undefined ? [] : [Id]));
      if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: Name, EventBusName: bus, Ids }));
    }
    for (const { Name } of Rules) {
      await events.send(
        new PutTargetsCommand({ Rule: Name, EventBusName: bus, Targets: [{ Id: 'tap', Arn: queue.arn }] }),
      );
    }
    return { rules: Rules, receive: queue.receive };
  };

  let loaded = 0;
  /** The packaged code of a function under an environment, as a fresh Lambda environment would load it. */
  const load = async (
    name: 'detect' | 'ingest' | 'notify' | 'remediate' | 'undo' | 'watch' | 'approve',
    env: Record<string, string>,
  ) => {
    Object.assign(process.env, {
      TRAILWIRE_BUS: 'trailwire',
      TRAILWIRE_TABLE: 'trailwire',
      TRAILWIRE_RULES: join(build, 'rules.jsonl'),
      TRAILWIRE_EXPECTED: join(build, 'expected.json'),
      TRAILWIRE_MEMBERS: join(build, 'members.json'),
      TRAILWIRE_CHECK_QUEUE: `${moto.endpoint}/${motoAccount}/trailwire-checks`,
      TRAILWIRE_DECISION_QUEUE: `${moto.endpoint}/${motoAccount}/trailwire-decisions`,
      ...env,
    });
    loaded += 1;
    const module = (await import(`${join(build, name, 'index.mjs')}?${loaded}`)) as {
      handler: (event: unknown, context: Context) => Promise<Record<string, unknown>>;
    };
    return (event: unknown) => module.handler(event, contextOf(name));
  };

  return {
    build,
    deployed,
    events,
    tap,
    load,
    stop: async (): Promise<void> => {
      events.destroy();
      await moto.stop();
    },
  };
};

/** Milliseconds, where they are not those of most functions. As serverless.yml has it: the skeleton of handlers gives up just before. */
const timeouts: Readonly<Record<string, number>> = { ingest: 900_000, watch: 900_000 };

const contextOf = (name: string): Context =>
  ({
    functionName: `trailwire-${name}`,
    invokedFunctionArn: `arn:aws:lambda:${region}:${motoAccount}:function:trailwire-${name}`,
    awsRequestId: '00000000-0000-4000-8000-000000000001',
    memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => timeouts[name] ?? 30_000,
  }) as Context;
