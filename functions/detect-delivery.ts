import * as z from 'zod/mini';
import type { Delivery } from '../engine/delivery.ts';
import { createDetector, type Detection, type DetectorContent, type Look } from '../engine/detector.ts';
import type { EvaluationError } from '../engine/errors.ts';
import { createNewsDesk } from '../engine/news.ts';
import type { Finding } from '../engine/ocsf.ts';
import { inEveryRegion } from '../engine/own-role.ts';
import type { SignalStore } from '../engine/signal-store.ts';
import { arnListSchema } from './config.ts';
import type { Connections } from './connections.ts';
import type { Telemetry } from './log.ts';
import { readPackedRules } from './packed-rules.ts';

export type DetectParts = {
  readonly content: DetectorContent;
  /** How many milliseconds late records may come and still count together with others. */
  readonly latenessMs: number;
  /** Called with the first match: loading the SDK takes longer than all else, and most events need none of it. */
  readonly connect: () => Promise<Pick<Connections, 'store' | 'signals' | 'bus'>>;
  readonly telemetry: Telemetry;
  readonly now: () => number;
};

/** What became of a record: findings that were published and matches of findings told before, and what could not be counted. */
export type Told = {
  readonly published: number;
  readonly repeated: number;
  readonly uncounted: readonly EvaluationError[];
};

/**
 * One record in, findings on the bus, whichever way the record came. Throws what kept a finding from being published; a match
 * that could not be counted is for the caller to throw, when what else could be told was told.
 */
export const createDetectDelivery = ({ content, latenessMs, connect, telemetry, now }: DetectParts) => {
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

  return async (delivery: Delivery): Promise<Told> => {
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
};

/** The part of the environment that says how to detect. */
export const detectDeliveryConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_RULES: z.string(),
  TRAILWIRE_OWN_ROLES: arnListSchema,
  /** Minutes. */
  TRAILWIRE_ALLOWED_LATENESS: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(60)), 15),
});

/** What the environment says, as the parts take it. Throws ConfigError when the packed rules cannot be read. */
export const detectPartsOf = (
  config: z.infer<typeof detectDeliveryConfig>,
): Pick<DetectParts, 'content' | 'latenessMs' | 'now'> => {
  const rules = readPackedRules(config.TRAILWIRE_RULES);
  // Rules that watch for what our own responses do name this list; only the deployment knows the ARNs.
  const lists = new Map([...rules.lists, ['own-roles', config.TRAILWIRE_OWN_ROLES.map(inEveryRegion)] as const]);
  return { content: { ...rules, lists }, latenessMs: config.TRAILWIRE_ALLOWED_LATENESS * 60_000, now: Date.now };
};
