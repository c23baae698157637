import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pull } from '../../cli/pull.ts';
import { replay } from '../../cli/replay.ts';
import { account, exampleRecord } from '../example-records.ts';
import { denied, type Happened, startLocalEventHistory, throttled } from './local-event-history.ts';
import { rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const minute = 60;
const day = 86_400;
/** So many events, the last of them so long ago, one each `apart` seconds. */
const eventsOf = (name: string, count: number, { ago = 3_600, apart = 1 } = {}): Happened[] =>
  Array.from({ length: count }, (_, index) => {
    const time = now / 1_000 - ago - index * apart;
    const eventTime = new Date(time * 1_000).toISOString().replace('.000', '');
    const id = `${name}-${index}`;
    return { id, time, text: JSON.stringify(exampleRecord({ eventID: id, eventTime })) };
  });

const run = async (folder: string, { at = now, region = [] as string[], days = 90 } = {}) => {
  const waits: number[] = [];
  let clock = at;
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms);
    clock += ms;
  };
  const { io, err } = createTerminal(() => clock);
  const code = await pull(folder, { region, days }, io, wait);
  return { code, err, waits };
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && name.endsWith('.json.gz'))
    .sort();
const idsIn = (folder: string): readonly string[] =>
  filesIn(folder).flatMap((name) => {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8'));
    return Records.map(({ eventID }: { eventID: string }) => eventID);
  });
const sorted = (ids: readonly string[]): readonly string[] => ids.toSorted();

describe('trailwire pull', () => {
  it('lays the events of all regions out as CloudTrail does, oldest first in each file', async () => {
    const folder = temporaryFolder();
    await startLocalEventHistory(account, {
      'us-east-1': eventsOf('a', 3, { ago: 2 * day }),
      'eu-west-1': eventsOf('b', 120, { apart: minute }),
    });
    const { code, err } = await run(folder);
    expect(code).toBe(0);
    expect(sorted(idsIn(folder))).toEqual(sorted([...eventsOf('a', 3), ...eventsOf('b', 120)].map(({ id }) => id)));
    const [first = ''] = filesIn(folder);
    expect(first).toMatch(
      /^AWSLogs\/111122223333\/CloudTrail\/eu-west-1\/2026\/11\/25\/111122223333_CloudTrail_eu-west-1_20261125T0900Z_[0-9a-f]{16}\.json\.gz$/,
    );
    expect(idsIn(folder).slice(0, 2)).toEqual(['b-119', 'b-118']);
    expect(err).toContain('us-east-1: 3 events pulled, 2026-08-27T11:45:00Z to 2026-11-25T11:45:00Z complete');
  });

  it('is read by replay', async () => {
    const folder = temporaryFolder();
    const stopped = { eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging', eventID: 'stopped' };
    const time = now / 1_000 - day;
    const text = JSON.stringify(exampleRecord({ ...stopped, eventTime: new Date(time * 1_000).toISOString() }));
    await startLocalEventHistory(account, { 'eu-west-1': [{ id: 'stopped', time, text }, ...eventsOf('a', 5)] });
    await run(folder);
    const { io, err } = createTerminal(() => now);
    const code = await replay([folder], { rules: rulesFolder(), format: 'jsonl', jobs: 1 }, io);
    expect(code).toBe(0);
    expect(err.join('\n')).toContain('6 records read, 0 of them duplicates');
    expect(err.join('\n')).toContain('1 finding');
  });

  it('writes records as AWS wrote them', async () => {
    const folder = temporaryFolder();
    const text = '{"eventID":"a",  "big":12345678901234567890, "recipientAccountId":"111122223333"}';
    await startLocalEventHistory(account, { 'eu-west-1': [{ id: 'a', time: now / 1_000 - day, text }] });
    await run(folder);
    const [file = ''] = filesIn(folder);
    expect(gunzipSync(readFileSync(join(folder, file))).toString('utf8')).toBe(`{"Records":[${text}]}`);
  });

  it('asks two times a second in each region, and waits where AWS says that was too often', async () => {
    const server = await startLocalEventHistory(account, { 'eu-west-1': eventsOf('a', 130) }, (number) =>
      number === 2 ? throttled : undefined,
    );
    const folder = temporaryFolder();
    const { code, waits } = await run(folder);
    expect(code).toBe(0);
    expect(idsIn(folder)).toHaveLength(130);
    expect(waits).toEqual([500, 500]);
    expect(server.lookups()).toHaveLength(4);
  });

  it('adds what is new with the next run, and nothing twice', async () => {
    const folder = temporaryFolder();
    const old = eventsOf('old', 70);
    const server = await startLocalEventHistory(account, {
      'eu-west-1': [...old, ...eventsOf('new', 30, { ago: -day })],
    });
    await run(folder);
    expect(idsIn(folder)).toHaveLength(70);
    const before = server.lookups().length;
    const { code, err } = await run(folder, { at: now + 2 * day * 1_000 });
    expect(code).toBe(0);
    expect(err.at(-1)).toContain('30 events pulled, 2026-08-27T11:45:00Z to 2026-11-27T11:45:00Z complete');
    expect(new Set(idsIn(folder)).size).toBe(100);
    expect(idsIn(folder)).toHaveLength(100);
    expect(server.lookups()).toHaveLength(before + 1);
  });

  it('goes further back when asked for more days, without asking again for what is there', async () => {
    const folder = temporaryFolder();
    await startLocalEventHistory(account, {
      'eu-west-1': [...eventsOf('a', 10), ...eventsOf('b', 10, { ago: 20 * day })],
    });
    await run(folder, { days: 7 });
    expect(idsIn(folder)).toHaveLength(10);
    await run(folder, { days: 30 });
    expect(sorted(idsIn(folder))).toEqual(sorted([...eventsOf('a', 10), ...eventsOf('b', 10)].map(({ id }) => id)));
  });

  it('leaves the last quarter of an hour, which the history may still lack, to the next run', async () => {
    const folder = temporaryFolder();
    await startLocalEventHistory(account, { 'eu-west-1': eventsOf('a', 2, { ago: 14 * minute, apart: 2 * minute }) });
    await run(folder);
    expect(idsIn(folder)).toEqual(['a-1']);
    await run(folder, { at: now + 15 * minute * 1_000 });
    expect(sorted(idsIn(folder))).toEqual(['a-0', 'a-1']);
  });

  // Many events in one second: an interrupted run begins again inside it.
  it.each([[1], [20], [21], [25], [40], [41]])(
    'goes on where lookup %d failed, and has each event once',
    async (failing) => {
      const folder = temporaryFolder();
      const happened = {
        'eu-west-1': eventsOf('a', 2_300, { apart: 1 / 700 }).map((each) => ({ ...each, time: Math.floor(each.time) })),
      };
      await startLocalEventHistory(account, happened, (number) => (number === failing ? denied : undefined));
      const first = await run(folder);
      expect(first.code).toBe(2);
      expect(first.err.at(-1)).toBe('eu-west-1: cannot go on: not authorized; run it again to continue');
      const { code } = await run(folder, { at: now + day * 1_000 });
      expect(code).toBe(0);
      expect(idsIn(folder)).toHaveLength(2_300);
      expect(new Set(idsIn(folder)).size).toBe(2_300);
    },
  );

  it('calls complete what AWS still kept when it went on, and nothing before', async () => {
    const folder = temporaryFolder();
    const history = { 'eu-west-1': eventsOf('a', 5) };
    await startLocalEventHistory(account, history, () => denied);
    expect((await run(folder)).code).toBe(2);
    await startLocalEventHistory(account, history);
    const { code, err } = await run(folder, { at: now + 10 * day * 1_000 });
    expect(code).toBe(0);
    expect(idsIn(folder)).toHaveLength(5);
    expect(err).toContain('eu-west-1: 5 events pulled, 2026-09-06T11:45:00Z to 2026-12-05T11:45:00Z complete');
  });

  it('does not call complete what lies between two pulls of which AWS kept nothing', async () => {
    const folder = temporaryFolder();
    await startLocalEventHistory(account, { 'eu-west-1': eventsOf('a', 5) });
    await run(folder, { days: 1 });
    await startLocalEventHistory(account, { 'eu-west-1': [] }, () => denied);
    expect((await run(folder, { at: now + 10 * day * 1_000 })).code).toBe(2);
    await startLocalEventHistory(account, { 'eu-west-1': [] });
    const { code, err } = await run(folder, { at: now + 150 * day * 1_000, days: 1 });
    expect(code).toBe(0);
    expect(err.at(-1)).toContain('2027-01-24T11:45:00Z to 2027-04-24T11:45:00Z complete');
  });

  it('names a region that cannot be pulled, and pulls the others', async () => {
    const folder = temporaryFolder();
    const history = { 'ap-east-1': [], 'eu-west-1': eventsOf('a', 5) };
    await startLocalEventHistory(account, history, (_, region) => (region === 'ap-east-1' ? denied : undefined));
    const { code, err } = await run(folder);
    expect(code).toBe(2);
    expect(err).toContain('ap-east-1: 0 events pulled, no time complete');
    expect(idsIn(folder)).toHaveLength(5);
  });

  it('counts events that are no records and leaves them out', async () => {
    const folder = temporaryFolder();
    const time = now / 1_000 - day;
    await startLocalEventHistory(account, {
      'eu-west-1': [{ id: 'x', time, text: '{"eventID":' }, { id: 'y', time, text: '[1]' }, ...eventsOf('a', 1)],
    });
    const { code, err } = await run(folder);
    expect(code).toBe(2);
    expect(err.at(-1)).toBe('eu-west-1: 2 events left out: not a JSON object');
    expect(idsIn(folder)).toEqual(['a-0']);
  });

  it('asks only the regions that are named', async () => {
    const folder = temporaryFolder();
    await startLocalEventHistory(account, { 'eu-west-1': eventsOf('a', 1), 'us-east-1': eventsOf('b', 1) });
    await run(folder, { region: ['us-east-1'] });
    expect(idsIn(folder)).toEqual(['b-0']);
  });

  it('refuses a folder with events of another account', async () => {
    const folder = temporaryFolder();
    await startLocalEventHistory(account, { 'eu-west-1': eventsOf('a', 1) });
    await run(folder);
    await startLocalEventHistory('444455556666', { 'eu-west-1': [] });
    await expect(run(folder)).rejects.toThrow(
      'the folder has events of account 111122223333, the credentials are of 444455556666',
    );
  });
});
