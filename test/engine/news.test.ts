import { describe, expect, it } from 'vitest';
import { createNewsDesk } from '../../engine/news.ts';
import type { Finding } from '../../engine/ocsf.ts';
import { createMemoryWindowStore } from '../../engine/window-store.ts';
import { exampleFinding } from '../example-finding.ts';
import { exampleRecord } from '../example-records.ts';
import { validateFinding } from '../ocsf/validators.ts';

const hour = 3_600_000;
const now = Date.parse('2026-10-14T09:00:00Z');
const deduped = { dedup: { by: ['requestParameters.userName'], window: '1h' } };
const findingAt = (time: string, eventID: string, fields: object = {}): Finding =>
  exampleFinding(deduped, exampleRecord({ eventTime: `2026-10-14T${time}Z`, eventID, ...fields }));

const start = () => createNewsDesk(createMemoryWindowStore());
/** Look, act, remember, as the caller does it. */
const report = async (news: ReturnType<typeof start>, finding: Finding, at = now) => {
  const looked = await news.look(finding, at);
  await news.remember(finding, at);
  return looked;
};

describe('what is news', () => {
  it('a finding that nobody was told of, as it is', async () => {
    const finding = exampleFinding();
    expect(await start().look(finding, now)).toEqual({ is: 'new', finding });
  });

  it('no longer, once it was told and remembered', async () => {
    const news = start();
    await report(news, exampleFinding());
    expect(await news.look(exampleFinding(), now)).toEqual({ is: 'repeat' });
  });

  it('again, when the telling was not remembered: a crash repeats an alert rather than lose it', async () => {
    const news = start();
    await news.look(exampleFinding(), now);
    expect(await news.look(exampleFinding(), now)).toMatchObject({ is: 'new' });
  });

  it('another event of the same rule, where the rule has no dedup', async () => {
    const news = start();
    await report(news, exampleFinding());
    const other = exampleFinding({}, exampleRecord({ eventID: 'another' }));
    expect(await news.look(other, now)).toMatchObject({ is: 'new' });
  });
});

describe('with a dedup window', () => {
  it('what is equal in its fields within one window is one finding', async () => {
    const news = start();
    await report(news, findingAt('08:00:00', 'a'));
    expect(await news.look(findingAt('08:59:59', 'b'), now)).toEqual({ is: 'repeat' });
    const forEve = findingAt('08:30:00', 'c', { requestParameters: { userName: 'eve' } });
    expect(await news.look(forEve, now)).toMatchObject({ is: 'new' });
  });

  it('counts what the finding stands for, each action once', async () => {
    const news = start();
    expect(await news.remember(findingAt('08:00:00', 'a'), now)).toBe(1);
    expect(await news.remember(findingAt('08:10:00', 'b'), now)).toBe(2);
    expect(await news.remember(findingAt('08:00:00', 'a'), now)).toBe(2);
  });

  it('goes on over the edge of its window as an update of the earlier finding, with its count', async () => {
    const news = start();
    await report(news, findingAt('08:20:00', 'a'));
    await report(news, findingAt('08:59:59', 'b'));
    const later = findingAt('09:00:00', 'c');
    const looked = await report(news, later);
    expect(looked).toEqual({
      is: 'continued',
      finding: {
        ...later,
        activity_id: 2,
        activity_name: 'Update',
        type_uid: 200402,
        type_name: 'Detection Finding: Update',
        unmapped: { trailwire: { ...later.unmapped.trailwire, continues: { count: 2 } } },
      },
    });
    expect(validateFinding('finding' in looked ? looked.finding : undefined)).toEqual([]);
    expect(await news.look(findingAt('09:30:00', 'd'), now)).toEqual({ is: 'repeat' });
  });

  it('goes on from window to window', async () => {
    const news = start();
    await report(news, findingAt('08:20:00', 'a'));
    await report(news, findingAt('09:20:00', 'b'));
    expect(await news.look(findingAt('10:20:00', 'c'), now)).toMatchObject({ is: 'continued' });
  });

  it('is news again after a whole window of silence', async () => {
    const news = start();
    await report(news, findingAt('08:59:59', 'a'));
    expect(await news.look(findingAt('10:00:00', 'b'), now)).toMatchObject({ is: 'new' });
  });

  it('is known for two days and two windows, as long as AWS may deliver it again', async () => {
    const news = start();
    await report(news, findingAt('08:00:00', 'a'));
    expect(await news.look(findingAt('08:30:00', 'b'), now + 50 * hour - 1)).toEqual({ is: 'repeat' });
    expect(await news.look(findingAt('08:30:00', 'b'), now + 50 * hour)).toMatchObject({ is: 'new' });
  });
});
