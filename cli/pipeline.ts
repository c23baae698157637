import { usualLatenessMs } from '../engine/correlation/lateness.ts';
import type { Delivery } from '../engine/delivery.ts';
import { createDetector, type Detection, type DetectorContent } from '../engine/detector.ts';
import { createNewsDesk } from '../engine/news.ts';
import type { Activity, Finding } from '../engine/ocsf.ts';
import { accountOf } from '../engine/record.ts';
import { respond } from '../engine/response.ts';
import type { SignalStore } from '../engine/signal-store.ts';
import type { WindowStore } from '../engine/window-store.ts';

/** A finding that nobody was told yet, and what would be done about it. */
export type News = { readonly finding: Finding; readonly activities: readonly Activity[] };

export type PipelineParts = {
  readonly content: DetectorContent;
  readonly store: WindowStore;
  readonly signals: SignalStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Is told each finding once; it counts as told when this returns. */
  readonly tell: (news: News) => void;
};

/** Takes one record; `receivedAt` (ms since 1970) stands in for an event time that cannot be read. */
export type Pipeline = (delivery: Delivery, receivedAt?: number) => Promise<Detection>;

/** The functions `detect` and `remediate` as one step, on a laptop: the same detector, news desk and response in mode `plan`. */
export const createPipeline = ({ content, store, signals, now, tell }: PipelineParts): Pipeline => {
  const detector = createDetector(content, { signals, latenessMs: usualLatenessMs });
  const desk = createNewsDesk(store);
  const protectedPrincipals = (content.lists.get('protected-principals') ?? []).map(String);
  const protectedResources = (content.lists.get('protected-resources') ?? []).map(String);
  const knownAccounts = (content.lists.get('known-accounts') ?? []).map(String);

  return async (delivery, receivedAt = now()) => {
    const detection = await detector.detect(delivery, receivedAt, (identity) => desk.look(identity, now()));
    for (const finding of detection.findings) {
      const account = accountOf(delivery.record) ?? '';
      const settings = {
        mode: 'plan',
        account,
        ownRoles: [],
        protectedPrincipals,
        protectedResources,
        protectedTags: [],
        knownAccounts,
        limitPerHour: 0,
        limitPerAccount: 0,
        // What is played here is of the past, and is told as on the day it happened.
        maxAgeMinutes: Number.POSITIVE_INFINITY,
        approvalMinutes: 0,
      } as const;
      tell({ finding, activities: await respond(finding, settings, { now, account: undefined }) });
    }
    // Remembered last: a crash in between tells it again, and never loses it.
    for (const { identity } of detection.matches) await desk.remember(identity, delivery.record, now());
    return detection;
  };
};
