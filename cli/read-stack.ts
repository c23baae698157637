import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Stack } from '../engine/cost/estimate.ts';

const functionSchema = z.object({
  memorySize: z.number(),
  events: z.array(z.object({ sqs: z.unknown().optional() })).default([]),
});
const serverlessSchema = z.object({
  functions: z
    .object({ detect: functionSchema, notifySns: functionSchema, remediate: functionSchema, watch: functionSchema })
    .catchall(functionSchema),
});
const resourcesSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string().optional() })).optional(),
});

const root = new URL('../', import.meta.url);
/**
 * CloudFormation's own tags (`!Ref`, `!Sub`) are left as they are: none of them matters here. Aliases are not bounded, as they are
 * in what strangers write.
 */
const readYaml = (path: string): unknown =>
  parse(readFileSync(new URL(path, root), 'utf8'), { logLevel: 'silent', merge: true, maxAliasCount: -1 });

/** Reads what the stack is made of from the files that it is deployed from. */
export const readStack = (): Stack => {
  const { functions } = serverlessSchema.parse(readYaml('serverless.yml'));
  const { detect, notifySns, remediate, watch } = functions;
  const types = readdirSync(new URL('infra/', root))
    .filter((name) => name.endsWith('.yml'))
    .flatMap((name) => Object.values(resourcesSchema.parse(readYaml(`infra/${name}`)).Resources ?? {}))
    .map(({ Type }) => Type);
  const countOf = (type: string): number => types.filter((each) => each === type).length;
  const polled = Object.values(functions).flatMap(({ events }) => events.filter(({ sqs }) => sqs !== undefined));
  return {
    gigabytes: {
      detect: detect.memorySize / 1_024,
      notify: notifySns.memorySize / 1_024,
      remediate: remediate.memorySize / 1_024,
      watch: watch.memorySize / 1_024,
    },
    alarms: countOf('AWS::CloudWatch::Alarm'),
    polledQueues: { always: polled.length, ingest: countOf('AWS::Lambda::EventSourceMapping') },
  };
};
