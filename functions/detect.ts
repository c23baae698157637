import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { type Delivery, unwrap } from '../engine/delivery.ts';
import { createDetector, type Detection, type DetectorContent, type Look } from '../engine/detector.ts';
import type { EvaluationError } from '../engine/errors.ts';
import { refuseForged } from '../engine/forgery.ts';
import { createNewsDesk } from '../engine/news.ts';
import type { Finding } from '../engine/ocsf.ts';
import { onFirstUse } from '../engine/on-first-use.ts';
import type { SignalStore } from '../engine/signal-store.ts';
import { arnListSchema, readConfig } from './config.ts';
import type { Connections } from './connections.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { readPackedRules } from './packed-rules.ts';
import { createSiteMarks } from './site-marks.ts';

export type DetectParts = {
  readonly content: DetectorContent;
  /** How many milliseconds late records may come and still count together with others. */
  readonly latenessMs: number;
  /** Called with the first match: loading the SDK takes longer than all else, and most events need none of it. */
  readonly connect: () => Promise<Pick<Connections, 'store' | 'signals' | 'bus'>>;
  readonly telemetry: Telemetry;
  readonly now: () => number;
};

export type DetectResult = { readonly records: number; readonly published: number; readonly repeated: number };

/**
 * CloudTrail event in, findings on the bus. Throws what kept a finding from being published or a match from being counted:
 * Lambda then delivers the event again, and parks it in the end.
 */
export const createDetect = ({ content, latenessMs, connect, telemetry, now }: DetectParts) => {
  let connected: ReturnType<typeof open> | undefined;
  const open = async () => {
    const { store, signals, bus } = await connect();
    return { news: createNewsDesk(store), signals, bus };
  };
  const connection = () => {
    connected ??= open();
    return connected;
  };
  const signals: SignalStore = {
    add: async (...signal) => (await connection()).signals.add(...signal),
    read: async (...keys) => (await connection()).signals.read(...keys),
    drop: async (...texts) => (await connection()).signals.drop(...texts),
  };
  const detector = createDetector(content, { signals, latenessMs });
  const look: Look = async (identity) => (await connection()).news.look(identity, now());

  const publish = async (findings: readonly Finding[]): Promise<void> => {
    await (await connection()).bus.publishFindings(findings);
  };

  const remember = async (matches: Detection['matches'], { record }: Delivery): Promise<void> => {
    const { news } = await connection();
    await Promise.all(matches.map(({ identity }) => news.remember(identity, record, now())));
  };

  type Outcome = Omit<DetectResult, 'records'> & { readonly uncounted: readonly EvaluationError[] };

  const detectOne = async (delivery: Delivery): Promise<Outcome> => {
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
    return { published, repeated, uncounted: failures.filter(({ code }) => code === 'CORRELATION_FAILED') };
  };

  return async (event: unknown): Promise<DetectResult> => {
    let result: DetectResult = { records: 0, published: 0, repeated: 0 };
    const uncounted: EvaluationError[] = [];
    for (const delivery of deliveriesOf(event)) {
      const { published, repeated, uncounted: more } = await detectOne(delivery);
      uncounted.push(...more);
      result = {
        records: result.records + 1,
        published: result.published + published,
        repeated: result.repeated + repeated,
      };
    }
    telemetry.count('RecordsEvaluated', result.records);
    // Last, when what could be told was told. Counting again what was counted changes nothing.
    if (uncounted[0] !== undefined) throw uncounted[0];
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
    refuseForged(item.delivery);
    yield item.delivery;
  }
}

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const detectConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_RULES: z.string(),
  TRAILWIRE_OWN_ROLES: arnListSchema,
  /** Minutes. */
  TRAILWIRE_ALLOWED_LATENESS: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(60)), 15),
  /** Empty where no other account or region sends events. */
  TRAILWIRE_ORGANIZATION: z._default(z.string(), ''),
});

const telemetry = createTelemetry('detect');

/** Lambda entry. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('detect', detectConfig);
  const rules = readPackedRules(config.TRAILWIRE_RULES);
  // Rules that watch for what our own responses do name this list; only the deployment knows the ARNs.
  const lists = new Map([...rules.lists, ['own-roles', config.TRAILWIRE_OWN_ROLES]]);
  const connect = async () => (await import('./connections.ts')).connect(config);
  const detect = createDetect({
    content: { ...rules, lists },
    latenessMs: config.TRAILWIRE_ALLOWED_LATENESS * 60_000,
    connect,
    telemetry,
    now: Date.now,
  });
  // In one account and region, the count of invocations says when events last came.
  if (config.TRAILWIRE_ORGANIZATION === '') return detect;
  const markSite = createSiteMarks({ connect: onFirstUse(connect), telemetry, now: Date.now });
  return async (event) => {
    const result = await detect(event);
    await markSite(event);
    return result;
  };
});
