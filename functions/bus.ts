import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { BusError } from '../engine/errors.ts';
import { fitFinding } from '../engine/finding-size.ts';
import type { Activity, Finding } from '../engine/ocsf.ts';
import { activityDetailType, busSource, findingDetailType } from './bus-names.ts';

/**
 * PutEvents takes ten entries and, by the older of AWS's two statements, 256 KB in all; the rest is room for the envelope.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const maxEntries = 10;
const maxBytes = 240_000;
const maxTries = 3;

export type Bus = {
  readonly publishFindings: (findings: readonly Finding[]) => Promise<void>;
  readonly publishActivities: (activities: readonly Activity[]) => Promise<void>;
};

/** Publishes on one bus. Throws BusError naming what was not taken, so that Lambda's retry sends the event again. */
export const createBus = (client: EventBridgeClient, busName: string): Bus => {
  const publish = async (detailType: string, details: readonly object[]): Promise<void> => {
    for (const batch of batches(details.map((detail) => toEntry(busName, detailType, detail))))
      await put(client, batch);
  };
  return {
    publishFindings: (findings) =>
      publish(
        findingDetailType,
        findings.map((finding) => fitFinding(finding, maxBytes)),
      ),
    publishActivities: (activities) => publish(activityDetailType, activities),
  };
};

const toEntry = (EventBusName: string, DetailType: string, detail: object): PutEventsRequestEntry => ({
  EventBusName,
  Source: busSource,
  DetailType,
  Detail: JSON.stringify(detail),
});

const sizeOf = (entry: PutEventsRequestEntry): number =>
  Buffer.byteLength(`${entry.Source}${entry.DetailType}${entry.Detail}`, 'utf8');

const batches = (entries: readonly PutEventsRequestEntry[]): readonly (readonly PutEventsRequestEntry[])[] => {
  const result: PutEventsRequestEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = sizeOf(entry);
    if (size > maxBytes + 1_000) {
      throw new BusError('BUS_ENTRY_TOO_LARGE', `an entry has ${size} bytes, the bus takes ${maxBytes}`);
    }
    const batch = result.at(-1);
    if (batch === undefined || batch.length === maxEntries || bytes + size > maxBytes) {
      result.push([entry]);
      bytes = size;
    } else {
      batch.push(entry);
      bytes += size;
    }
  }
  return result;
};

/** A 200 may still carry refused entries, in the order of the request: only those are sent again. */
const put = async (client: EventBridgeClient, entries: readonly PutEventsRequestEntry[]): Promise<void> => {
  let left = entries;
  let reasons = '';
  for (let attempt = 1; attempt <= maxTries && left.length > 0; attempt++) {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...left] }));
    const refused = left.flatMap((entry, index) =>
      Entries[index]?.EventId ? [] : [{ entry, answer: Entries[index] }],
    );
    reasons = refused.map(({ answer }) => `${answer?.ErrorCode}: ${answer?.ErrorMessage}`).join('; ');
    left = refused.map(({ entry }) => entry);
  }
  if (left.length > 0)
    throw new BusError('BUS_REFUSED', `the bus refused ${left.length} of ${entries.length} entries: ${reasons}`);
};
