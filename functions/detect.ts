import * as z from 'zod/mini';
import { type Delivery, unwrap } from '../engine/delivery.ts';
import type { EvaluationError } from '../engine/errors.ts';
import { refuseForged } from '../engine/forgery.ts';
import { onFirstUse } from '../engine/on-first-use.ts';
import { readConfig } from './config.ts';
import { createDetectDelivery, type DetectParts, detectDeliveryConfig, detectPartsOf } from './detect-delivery.ts';
import { createHandler } from './handler.ts';
import { inflate } from './inflate.ts';
import { createTelemetry } from './log.ts';
import { createSiteMarks } from './site-marks.ts';

export type DetectResult = { readonly records: number; readonly published: number; readonly repeated: number };

/**
 * CloudTrail event in, findings on the bus. Throws what kept a finding from being published or a match from being counted:
 * Lambda then delivers the event again, and parks it in the end.
 */
export const createDetect = (parts: DetectParts) => {
  const detectDelivery = createDetectDelivery(parts);

  return async (event: unknown): Promise<DetectResult> => {
    let result: DetectResult = { records: 0, published: 0, repeated: 0 };
    const uncounted: EvaluationError[] = [];
    for (const delivery of deliveriesOf(event)) {
      const { published, repeated, uncounted: more } = await detectDelivery(delivery);
      uncounted.push(...more);
      result = {
        records: result.records + 1,
        published: result.published + published,
        repeated: result.repeated + repeated,
      };
    }
    parts.telemetry.count('RecordsEvaluated', result.records);
    // Last, when what could be told was told. Counting again what was counted changes nothing.
    if (uncounted[0] !== undefined) throw uncounted[0];
    return result;
  };
};

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
  ...detectDeliveryConfig.shape,
  /** Empty where no other account or region sends events. */
  TRAILWIRE_ORGANIZATION: z._default(z.string(), ''),
});

const telemetry = createTelemetry('detect');

/** Lambda entry. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('detect', detectConfig);
  const connect = async () => (await import('./connections.ts')).connect(config);
  const detect = createDetect({ ...detectPartsOf(config), connect, telemetry });
  // In one account and region, the count of invocations says when events last came.
  if (config.TRAILWIRE_ORGANIZATION === '') return detect;
  const markSite = createSiteMarks({ connect: onFirstUse(connect), telemetry, now: Date.now });
  return async (event) => {
    const result = await detect(event);
    await markSite(event);
    return result;
  };
});
