import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';

/** `time` is in seconds since 1970, `text` the record as JSON. */
export type HistoryEvent = { readonly id: string; readonly time: number; readonly text: string };
/** Events newest first; `next` asks for those before them. */
export type HistoryPage = { readonly events: readonly HistoryEvent[]; readonly next?: string };
/** Asks for a page of what happened from `from` to `until`, both included, in seconds since 1970. */
export type LookupHistory = (span: { from: number; until: number; next?: string | undefined }) => Promise<HistoryPage>;

/** LookupEvents shares two requests a second with everybody else in the account and region: the SDK waits and tries again. */
const maxAttempts = 12;

/**
 * The management events that AWS keeps of a region for 90 days, trail or not.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export const createEventHistory = (region: string): LookupHistory => {
  const client = new CloudTrailClient({ region, maxAttempts });
  return async ({ from, until, next }) => {
    const { Events = [], NextToken } = await client.send(
      new LookupEventsCommand({
        StartTime: new Date(from * 1_000),
        EndTime: new Date(until * 1_000),
        MaxResults: 50,
        NextToken: next,
      }),
    );
    const events = Events.map(({ EventId, EventTime, CloudTrailEvent = '' }) => {
      if (EventId === undefined || EventTime === undefined) throw new TypeError('AWS sent an event without id or time');
      return { id: EventId, time: Math.floor(EventTime.getTime() / 1_000), text: CloudTrailEvent };
    });
    return NextToken === undefined ? { events } : { events, next: NextToken };
  };
};
