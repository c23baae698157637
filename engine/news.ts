import type { Identity } from './identity.ts';
import { actionIdOf, type CloudTrailRecord } from './record.ts';
import type { WindowStore } from './window-store.ts';

/**
 * Findings are remembered this long: CloudTrail tries for 30 days to write a log file with records that EventBridge brought within
 * seconds, and what cannot be read waits up to 14 days in a dead-letter queue to be sent again.
 */
const rememberMs = 45 * 24 * 3_600_000;

/** What a finding is to those who were told already; `count` are the actions of the window before. */
export type News =
  | { readonly is: 'new' }
  | { readonly is: 'continued'; readonly count: number }
  | { readonly is: 'repeat' };

/**
 * Look, act, remember: `look` says whether a finding is worth publishing, before it is built; the caller publishes it, then
 * `remember` counts it. A crash in between repeats an alert and never loses one. A key that stays hot over the edge of its
 * window continues as an update of the earlier finding (OCSF activity 2), not as a second alarm.
 */
export const createNewsDesk = (store: WindowStore) => ({
  look: async ({ id, window }: Identity, now: number): Promise<News> => {
    if ((await store.look(id, now)) !== undefined) return { is: 'repeat' };
    const before = window === undefined ? undefined : await store.look(window.previousId, now);
    return before === undefined ? { is: 'new' } : { is: 'continued', count: before.count };
  },
  remember: async ({ id, window }: Identity, record: CloudTrailRecord, now: number): Promise<number> => {
    // The window after this one still asks for this id.
    const expiresAt = now + rememberMs + (window === undefined ? 0 : 2 * (window.end - window.start));
    const { count } = await store.remember(id, actionIdOf(record), expiresAt, now);
    return count;
  },
});
