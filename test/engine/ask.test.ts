import { describe, expect, it } from 'vitest';
import { type AskCase, type AskSettings, expiryOf, reasonsToAsk } from '../../engine/ask.ts';

const settings: AskSettings = { maxAgeMinutes: 60, approvalMinutes: 30 };
const now = Date.parse('2026-10-14T09:30:00Z');
const minutes = (count: number): number => count * 60_000;
const reasons = (change: Partial<AskCase> = {}, more: Partial<AskSettings> = {}, at = now) =>
  reasonsToAsk({ mode: 'auto', time: at - minutes(5), ...change }, { ...settings, ...more }, at);

describe('a response', () => {
  it('runs by itself when it is to and nothing asks for a person', () => {
    expect(reasons()).toEqual([]);
    expect(reasons({ time: now - minutes(60) })).toEqual([]);
    expect(reasons({}, { quietHours: { from: 22, to: 6 } })).toEqual([]);
  });

  it.each<[string, Partial<AskCase>, Partial<AskSettings>, string]>([
    ['runs with approval only', { mode: 'approve' }, {}, 'the response runs with approval only'],
    [
      'answers a replayed event',
      { replayName: 'after\nthe-outage' },
      {},
      'the event was replayed from an archive (after the-outage)',
    ],
    ['answers an old event', { time: now - minutes(60) - 1 }, {}, 'the event is older than 60 minutes'],
    ['comes in quiet hours', {}, { quietHours: { from: 9, to: 10 } }, 'nothing runs by itself from 9 to 10 h UTC'],
  ])('waits for a person when it %s', (_, change, more, reason) => {
    expect(reasons(change, more)).toEqual([reason]);
  });

  it('says every reason why it waits', () => {
    expect(reasons({ mode: 'approve', replayName: 'r', time: 0 }, { quietHours: { from: 0, to: 23 } })).toHaveLength(4);
  });
});

describe('quiet hours', () => {
  it.each([
    ['2026-10-14T21:59:59.999Z', false],
    ['2026-10-14T22:00:00Z', true],
    ['2026-10-15T00:00:00Z', true],
    ['2026-10-15T05:59:59.999Z', true],
    ['2026-10-15T06:00:00Z', false],
  ])('from 22 to 6: %s is in them: %s', (time, isQuiet) => {
    expect(reasons({}, { quietHours: { from: 22, to: 6 } }, Date.parse(time)).length > 0).toBe(isQuiet);
  });

  it('that end when they begin are none', () => {
    expect(reasons({}, { quietHours: { from: 9, to: 9 } })).toEqual([]);
  });
});

describe('a plan that waits', () => {
  it('waits for the minutes that are set', () => {
    expect(expiryOf(settings, now)).toBe(now + minutes(30));
  });

  it('waits in quiet hours until people are back, and then as long', () => {
    const quietHours = { from: 22, to: 6 };
    const until = (at: string) => new Date(expiryOf({ ...settings, quietHours }, Date.parse(at))).toISOString();
    expect(until('2026-10-14T23:10:20Z')).toBe('2026-10-15T06:30:00.000Z');
    expect(until('2026-10-15T05:59:59Z')).toBe('2026-10-15T06:30:00.000Z');
    expect(until('2026-10-15T06:00:00Z')).toBe('2026-10-15T06:30:00.000Z');
  });
});
