import * as z from 'zod/mini';
import { siteKeyOf, siteMarkExpiry, siteTextOf } from '../engine/doctor/sites.ts';
import type { SignalStore } from '../engine/signal-store.ts';
import type { Telemetry } from './log.ts';

/** Of an event of EventBridge, who sent it and where. */
const envelopeSchema = z.looseObject({
  account: z.string().check(z.regex(/^\d{12}$/)),
  region: z.string().check(z.regex(/^[a-z0-9-]{1,32}$/)),
});

export type SiteMarksParts = {
  readonly connect: () => Promise<{ readonly signals: Pick<SignalStore, 'add'> }>;
  readonly telemetry: Telemetry;
  readonly now: () => number;
};

/**
 * Writes down once an hour which accounts and regions events come from, so that `trailwire-watch` knows when one falls silent.
 * Called when an event was dealt with. A mark that cannot be made is logged and keeps nothing from being detected: what may
 * follow is a complaint of silence that is none.
 */
export const createSiteMarks = ({ connect, telemetry, now }: SiteMarksParts) => {
  let marked = new Set<string>();
  let hour = '';
  return async (event: unknown): Promise<void> => {
    const envelope = envelopeSchema.safeParse(event);
    if (!envelope.success) return;
    const time = now();
    if (siteKeyOf(time) !== hour) {
      hour = siteKeyOf(time);
      marked = new Set();
    }
    const text = siteTextOf(envelope.data);
    if (marked.has(text)) return;
    try {
      const { signals } = await connect();
      await signals.add(hour, text, siteMarkExpiry(time), time);
      marked.add(text);
    } catch (error) {
      telemetry.logger.error('site not marked', error as Error);
    }
  };
};
