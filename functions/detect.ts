import { type Delivery, unwrap } from '../engine/delivery.ts';
import { type EvaluationError, EventError } from '../engine/errors.ts';
import { readConfig } from './config.ts';
import { createDetectDelivery, type DetectParts, detectConfig, detectPartsOf } from './detect-delivery.ts';
import { createHandler } from './handler.ts';
import { inflate } from './inflate.ts';
import { createTelemetry } from './log.ts';

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

const telemetry = createTelemetry('detect');

/** Lambda entry. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('detect', detectConfig);
  return createDetect({
    ...detectPartsOf(config),
    connect: async () => (await import('./connections.ts')).connect(config),
    telemetry,
  });
});
