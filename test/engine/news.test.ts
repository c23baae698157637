import { describe, expect, it } from 'vitest';
import { createDetector } from '../../engine/detector.ts';
import { type Identity, identify } from '../../engine/identity.ts';
import { createNewsDesk } from '../../engine/news.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { ruleSchema } from '../../engine/rule.ts';
import { createMemoryWindowStore } from '../../engine/window-store.ts';
import { contentOf } from '../content-of.ts';
import { exampleRecord } from '../example-records.ts';
import { validateFinding } from '../ocsf/validators.ts';

const hour = 3_600_000;
const now = Date.parse('2026-10-14T09:00:00Z');
const rule = ruleSchema.parse({
  id: 'iam-key-created',
  conditions: { all: [{ fact: 'eventName', operator: 'equal', value: 'CreateAccessKey' }] },
});
const deduped = { ...rule, dedup: { by: ['requestParameters.userName'], window: '1h' } };
type Sighting = { readonly identity: Identity; readonly record: CloudTrailRecord };
const sighting = (fields: object = {}): Sighting => {
  const record = exampleRecord(fields);
  return { record, identity: identify(rule, record, now) };
};
const recordAt = (time: string, eventID: string, fields: object = {}): CloudTrailRecord =>
  exampleRecord({ eventTime: `2026-10-14T${time}Z`, eventID, ...fields });
const sightingAt = (...of: Parameters<typeof recordAt>): Sighting => {
  const record = recordAt(...of);
  return { record, identity: identify(deduped, record, Date.parse(String(record.eventTime))) };
};

const start = () => createNewsDesk(createMemoryWindowStore());
/** Look, act, remember, as the caller does it. */
const report = async (news: ReturnType<typeof start>, { identity, record }: Sighting, at = now) => {
  const looked = await news.look(identity, at);
  await news.remember(identity, record, at);
  return looked;
};

describe('what is news', () => {
  it('a finding that nobody was told of', async () => {
    expect(await start().look(sighting().identity, now)).toEqual({ is: 'new' });
  });

  it('no longer, once it was told and remembered', async () => {
    const news = start();
    await report(news, sighting());
    expect(await news.look(sighting().identity, now)).toEqual({ is: 'repeat' });
  });

  it('again, when the telling was not remembered: a crash repeats an alert rather than lose it', async () => {
    const news = start();
    await news.look(sighting().identity, now);
    expect(await news.look(sighting().identity, now)).toMatchObject({ is: 'new' });
  });

  it('another event of the same rule, where the rule has no dedup', async () => {
    const news = start();
    await report(news, sighting());
    expect(await news.look(sighting({ eventID: 'another' }).identity, now)).toMatchObject({ is: 'new' });
  });
});

describe('with a dedup window', () => {
  it('what is equal in its fields within one window is one finding', async () => {
    const news = start();
    await report(news, sightingAt('08:00:00', 'a'));
    expect(await news.look(sightingAt('08:59:59', 'b').identity, now)).toEqual({ is: 'repeat' });
    const forEve = sightingAt('08:30:00', 'c', { requestParameters: { userName: 'eve' } });
    expect(await news.look(forEve.identity, now)).toMatchObject({ is: 'new' });
  });

  it('counts what the finding stands for, each action once', async () => {
    const news = start();
    const remember = ({ identity, record }: Sighting) => news.remember(identity, record, now);
    expect(await remember(sightingAt('08:00:00', 'a'))).toBe(1);
    expect(await remember(sightingAt('08:10:00', 'b'))).toBe(2);
    expect(await remember(sightingAt('08:00:00', 'a'))).toBe(2);
  });

  it('goes on over the edge of its window as an update of the earlier finding, with its count', async () => {
    const news = start();
    await report(news, sightingAt('08:20:00', 'a'));
    await report(news, sightingAt('08:59:59', 'b'));
    expect(await report(news, sightingAt('09:00:00', 'c'))).toEqual({ is: 'continued', count: 2 });
    expect(await news.look(sightingAt('09:30:00', 'd').identity, now)).toEqual({ is: 'repeat' });
  });

  it('goes on from window to window', async () => {
    const news = start();
    await report(news, sightingAt('08:20:00', 'a'));
    await report(news, sightingAt('09:20:00', 'b'));
    expect(await news.look(sightingAt('10:20:00', 'c').identity, now)).toMatchObject({ is: 'continued' });
  });

  it('is news again after a whole window of silence', async () => {
    const news = start();
    await report(news, sightingAt('08:59:59', 'a'));
    expect(await news.look(sightingAt('10:00:00', 'b').identity, now)).toMatchObject({ is: 'new' });
  });

  it('is known for 45 days and two windows, as long as AWS may deliver it again', async () => {
    const news = start();
    await report(news, sightingAt('08:00:00', 'a'));
    expect(await news.look(sightingAt('08:30:00', 'b').identity, now + 45 * 24 * hour + 2 * hour - 1)).toEqual({
      is: 'repeat',
    });
    expect(await news.look(sightingAt('08:30:00', 'b').identity, now + 45 * 24 * hour + 2 * hour)).toMatchObject({
      is: 'new',
    });
  });
});

describe('a detector that is told what is news', () => {
  const start = () => {
    const detector = createDetector(contentOf([deduped]));
    const news = createNewsDesk(createMemoryWindowStore());
    return async (record: CloudTrailRecord) => {
      const detection = await detector.detect({ record }, now, (identity) => news.look(identity, now));
      for (const { identity } of detection.matches) await news.remember(identity, record, now);
      return detection;
    };
  };

  it('gives a finding once, and each of its matches', async () => {
    const detect = start();
    const first = await detect(recordAt('08:00:00', 'a'));
    expect(first).toMatchObject({ findings: [{ activity_id: 1 }], failures: [] });
    expect(await detect(recordAt('08:10:00', 'b'))).toEqual({ ...first, findings: [] });
  });

  it('gives what goes on over the edge of a window as an update, with the count of the window before', async () => {
    const detect = start();
    const { findings: before } = await detect(recordAt('08:20:00', 'a'));
    await detect(recordAt('08:59:59', 'b'));
    const { findings } = await detect(recordAt('09:00:00', 'c'));
    expect(findings).toMatchObject([
      {
        activity_id: 2,
        activity_name: 'Update',
        type_uid: 200402,
        type_name: 'Detection Finding: Update',
        unmapped: { trailwire: { dedup: { previous_uid: before[0]?.finding_info.uid }, continues: { count: 2 } } },
      },
    ]);
    expect(validateFinding(findings[0])).toEqual([]);
  });

  it('neither confirms a repeat again nor builds it: what json-rules-engine says was said the first time', async () => {
    // Past the schema, which refuses an empty list: json-rules-engine takes an empty "any" for true.
    const inDispute = { ...deduped, conditions: { not: { any: [] } } };
    const detector = createDetector(contentOf([inDispute]));
    const detect = (is: 'new' | 'repeat') => detector.detect({ record: exampleRecord() }, now, async () => ({ is }));
    expect(await detect('new')).toMatchObject({ findings: [{}], failures: [{ code: 'EVALUATION_DISAGREES' }] });
    expect(await detect('repeat')).toMatchObject({ findings: [], matches: [{ rule: inDispute }], failures: [] });
  });

  it('does not take a memory that fails for a rule that fails', async () => {
    const detector = createDetector(contentOf([rule]));
    const look = () => Promise.reject(new Error('the table is away'));
    await expect(detector.detect({ record: exampleRecord() }, now, look)).rejects.toThrow('the table is away');
  });
});
