import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { type Delivery, unwrap } from '../engine/delivery.ts';
import { createDetector, type Detection, type Detector, type Look } from '../engine/detector.ts';
import { EventError } from '../engine/errors.ts';
import { createNewsDesk } from '../engine/news.ts';
import type { Finding } from '../engine/ocsf.ts';
import { arnListSchema, readConfig } from './config.ts';
import type { Connections } from './connections.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { readPackedRules } from './packed-rules.ts';

export type DetectParts = {
  readonly detector: Detector;
  /** Called with the first match: loading the SDK takes longer than all else, and most events need none of it. */
  readonly connect: () => Promise<Pick<Connections, 'store' | 'bus'>>;
  readonly telemetry: Telemetry;
  readonly now: () => number;
};

export type DetectResult = { readonly records: number; readonly published: number; readonly repeated: number };

/** CloudTrail event in, findings on the bus. Throws what kept a finding from being published. */
export const createDetect = ({ detector, connect, telemetry, now }: DetectParts) => {
  let connected: ReturnType<typeof open> | undefined;
  const open = async () => {
    const { store, bus } = await connect();
    return { news: createNewsDesk(store), bus };
  };
  const connection = () => {
    connected ??= open();
    return connected;
  };
  const look: Look = async (identity) => (await connection()).news.look(identity, now());

  const publish = async (findings: readonly Finding[]): Promise<void> => {
    await (await connection()).bus.publishFindings(findings);
  };

  const remember = async (matches: Detection['matches'], { record }: Delivery): Promise<void> => {
    const { news } = await connection();
    await Promise.all(matches.map(({ identity }) => news.remember(identity, record, now())));
  };

  const detectOne = async (delivery: Delivery): Promise<Omit<DetectResult, 'records'>> => {
    const { findings, matches, suppressed, failures } = await detector.detect(delivery, now(), look);
    for (const failure of failures) telemetry.logger.error('rule failed', failure);
    telemetry.count('RulesFailed', failures.length);
    telemetry.count('MatchesSuppressed', suppressed.length);

    if (findings.length > 0) await publish(findings);
    if (matches.length > 0) await remember(matches, delivery);
    for (const { message, finding_info, severity } of findings) {
      telemetry.logger.info(message, { rule: finding_info.analytic.uid, finding: finding_info.uid, severity });
    }

    const published = findings.length;
    const repeated = matches.length - published;
    telemetry.count('FindingsPublished', published);
    telemetry.count('FindingsRepeated', repeated);
    return { published, repeated };
  };

  return async (event: unknown): Promise<DetectResult> => {
    let result: DetectResult = { records: 0, published: 0, repeated: 0 };
    for (const delivery of deliveriesOf(event)) {
      const { published, repeated } = await detectOne(delivery);
      result = {
        records: result.records + 1,
        published: result.published + published,
        repeated: result.repeated + repeated,
      };
    }
    telemetry.count('RecordsEvaluated', result.records);
    return result;
  };
};

/** Largest CloudWatch Logs payload taken apart: a gzip bomb must not take the function's memory. */
const maxInflatedBytes = 64 * 1024 * 1024;
const inflate = (base64: string): unknown =>
  JSON.parse(gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: maxInflatedBytes }).toString('utf8'));

function* deliveriesOf(event: unknown): Generator<Delivery> {
  for (const item of unwrap(event, inflate)) {
    if (item.kind === 'unreadable') throw item.error;
    if (item.kind === 'skipped') continue;
    const source = item.delivery.event?.source;
    // Customers cannot put events with an aws.* source; anything else with CloudTrail's detail-type is a forgery.
    if (source !== undefined && !source.startsWith('aws.')) {
      throw new EventError(
        'EVENT_FORGED',
        `an event with source ${JSON.stringify(source)} claims to be from CloudTrail`,
      );
    }
    yield item.delivery;
  }
}

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const detectConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_RULES: z.string(),
  TRAILWIRE_OWN_ROLES: arnListSchema,
});

const telemetry = createTelemetry('detect');

/** Lambda entry. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('detect', detectConfig);
  const rules = readPackedRules(config.TRAILWIRE_RULES);
  // Rules that watch for what our own responses do name this list; only the deployment knows the ARNs.
  const lists = new Map([...rules.lists, ['own-roles', config.TRAILWIRE_OWN_ROLES]]);
  return createDetect({
    detector: createDetector({ ...rules, lists }),
    connect: async () => (await import('./connections.ts')).connect(config),
    telemetry,
    now: Date.now,
  });
});
