import type { Finding } from './ocsf.ts';
import { actionIdOf } from './record.ts';
import type { WindowStore } from './window-store.ts';

/** Findings are remembered this long: Lambda and EventBridge may deliver the same event again for 30 hours. */
const rememberMs = 48 * 3_600_000;

/** What a finding is to those who were told already. */
export type News =
  | { readonly is: 'new'; readonly finding: Finding }
  | { readonly is: 'continued'; readonly finding: Finding }
  | { readonly is: 'repeat' };

/**
 * Look, act, remember: `look` says whether a finding is worth publishing, the caller publishes it, then `remember` counts
 * it. A crash in between repeats an alert and never loses one. A key that stays hot over the edge of its window continues
 * as an update of the earlier finding (OCSF activity 2), not as a second alarm.
 */
export const createNewsDesk = (store: WindowStore) => ({
  look: async (finding: Finding, now: number): Promise<News> => {
    if ((await store.look(finding.finding_info.uid, now)) !== undefined) return { is: 'repeat' };
    const previous = finding.unmapped.trailwire.dedup.previous_uid;
    const before = previous === undefined ? undefined : await store.look(previous, now);
    return before === undefined
      ? { is: 'new', finding }
      : { is: 'continued', finding: asUpdate(finding, before.count) };
  },
  remember: async (finding: Finding, now: number): Promise<number> => {
    const record = finding.evidences[0]?.data ?? {};
    // The window after this one still asks for this id.
    const expiresAt = now + rememberMs + 2 * finding.unmapped.trailwire.dedup.window_ms;
    const { count } = await store.remember(finding.finding_info.uid, actionIdOf(record), expiresAt, now);
    return count;
  },
});

const asUpdate = (finding: Finding, countBefore: number): Finding => ({
  ...finding,
  activity_id: 2,
  activity_name: 'Update',
  type_uid: 200402,
  type_name: 'Detection Finding: Update',
  unmapped: {
    ...finding.unmapped,
    trailwire: { ...finding.unmapped.trailwire, continues: { count: countBefore } },
  },
});
