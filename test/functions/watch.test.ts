import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ask } from '../../engine/doctor/ask.ts';
import { siteKeyOf, siteMarkExpiry } from '../../engine/doctor/sites.ts';
import type { Finding } from '../../engine/ocsf.ts';
import { createTelemetry } from '../../functions/log.ts';
import { countMissed } from '../../functions/missed-findings.ts';
import { createDynamoSignalStore } from '../../functions/signal-store.ts';
import { createWatch, type WatchConnections, type WatchParts } from '../../functions/watch.ts';
import { createDynamoWindowStore } from '../../functions/window-store.ts';
import { expected } from '../engine/doctor/healthy.ts';
import { exampleFinding } from '../example-finding.ts';
import { exampleRecord } from '../example-records.ts';
import { startLocalTable } from '../local-table.ts';

const context = { invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:trailwire-watch' };
const start = Date.parse('2026-10-14T10:20:00Z');
const hour = 3_600_000;

/** An account that may not be looked at: ten complaints, whichever region. */
const denied: Ask = async (read) => {
  throw Object.assign(new Error(`no right to ${read}`), { name: 'AccessDeniedException' });
};

const silentBus = { publishFindings: async () => undefined, publishActivities: async () => undefined };

describe('the watch', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  beforeAll(async () => {
    table = await startLocalTable();
  });
  afterAll(() => table.stop());

  let day = 0;
  const begin = (
    change: Partial<WatchConnections> = {},
    { collects = false, readsLogs = false, members = [] }: Partial<WatchParts> = {},
  ) => {
    // Every test has days of its own in the table that they share.
    day += 30;
    let now = start + day * 24 * hour;
    const published: Finding[] = [];
    const heartbeats: string[] = [];
    const store = createDynamoWindowStore(table.documents, table.tableName);
    const signals = createDynamoSignalStore(table.documents, table.tableName);
    const telemetry = createTelemetry('watch');
    const watch = createWatch({
      expected,
      silenceHours: 6,
      collects,
      readsLogs,
      members,
      connect: async () => ({
        ask: denied,
        enter: async () => {
          throw new Error('no role lets anybody in');
        },
        bus: {
          publishFindings: async (findings) => {
            published.push(...findings);
          },
        },
        store,
        signals,
        heartbeats: [
          async (says) => {
            heartbeats.push(says);
          },
        ],
        ...change,
      }),
      telemetry,
      now: () => now,
    });
    return {
      watch: () => watch({}, context),
      pass: (ms: number) => {
        now += ms;
      },
      now: () => now,
      heartbeats,
      published,
      store,
      signals,
      telemetry,
    };
  };

  it('publishes what is wrong, and then tells that it looked', async () => {
    const { watch, published, heartbeats, telemetry } = begin();
    const { complaints, told } = await watch();
    expect(complaints).toBe(9);
    expect(told).toBe(9);
    expect(published.map(({ finding_info }) => finding_info.analytic.uid)).toEqual(
      Array.from({ length: 9 }, () => 'doctor-could-not-look'),
    );
    expect(published[0]?.cloud).toMatchObject({ account: { uid: '111122223333' }, region: 'us-east-1' });
    expect(heartbeats).toEqual(['trailwire-watch looked.']);
    expect(telemetry.metrics.serializeMetrics()).toMatchObject({ ComplaintsFound: 9, Heartbeats: 1 });
    telemetry.metrics.clearMetrics();
  });

  it('says the same once a day, and beats every time', async () => {
    const { watch, pass, published, heartbeats } = begin();
    await watch();
    pass(hour);
    expect(await watch()).toEqual({ complaints: 9, told: 0 });
    expect(published).toHaveLength(9);
    pass(24 * hour);
    expect(await watch()).toEqual({ complaints: 9, told: 9 });
    expect(heartbeats).toHaveLength(3);
  });

  it('does not beat when it could not tell, and tells with the next try', async () => {
    let isAway = true;
    const told: Finding[] = [];
    const bus: WatchConnections['bus'] = {
      publishFindings: async (findings) => {
        if (isAway) throw new Error('the bus is away');
        told.push(...findings);
      },
    };
    const { watch, heartbeats } = begin({ bus });
    await expect(watch()).rejects.toThrow('the bus is away');
    expect(heartbeats).toEqual([]);
    isAway = false;
    await watch();
    expect(told).toHaveLength(9);
    expect(heartbeats).toHaveLength(1);
  });

  it('names an account and region of the organization that fell silent', async () => {
    const quiet = begin({}, { collects: true });
    for (const ago of [10, 40, 70]) {
      const time = quiet.now() - ago * hour;
      await quiet.signals.add(siteKeyOf(time), '444455556666 eu-west-1', siteMarkExpiry(time), time);
    }
    await quiet.watch();
    const silent = quiet.published.filter(({ finding_info }) => finding_info.analytic.uid === 'doctor-site-silent');
    expect(silent.map(({ message }) => message)).toEqual([
      'No event of CloudTrail came from account 444455556666, eu-west-1, for 6 hours; usually some do.',
    ]);
  });

  it('tells once a day how many findings EventBridge did not bring the day before, and says so with each heartbeat', async () => {
    const { watch, pass, now, published, heartbeats, store, telemetry } = begin({}, { readsLogs: true });
    const bus = countMissed(silentBus, store, telemetry, now);
    const findings = ['one', 'other'].map((eventID) => exampleFinding({}, exampleRecord({ eventID })));
    for (const finding of [...findings, ...findings]) await bus.publishFindings([finding]);
    pass(24 * hour);
    const day = new Date(now() - 24 * hour).toISOString().slice(0, 10);
    const count = `On ${day} logs had 2 findings that EventBridge had not brought.`;
    await watch();
    pass(hour);
    await watch();
    const missed = published.filter(({ finding_info }) => finding_info.analytic.uid === 'doctor-findings-missed');
    expect(missed.map(({ message, severity }) => [message, severity])).toEqual([[count, 'Medium']]);
    expect(heartbeats).toEqual([`trailwire-watch looked. ${count}`, `trailwire-watch looked. ${count}`]);
  });

  it('says with the heartbeat that EventBridge brought everything, too', async () => {
    const { watch, published, heartbeats } = begin({}, { readsLogs: true });
    expect(await watch()).toEqual({ complaints: 9, told: 9 });
    expect(published.map(({ finding_info }) => finding_info.analytic.uid)).not.toContain('doctor-findings-missed');
    expect(heartbeats).toEqual([
      expect.stringMatching(/looked\. On \d{4}-\d\d-\d\d logs had 0 findings that EventBridge had not brought\.$/),
    ]);
  });

  it('tells what is wrong in a member account as of that account, once a day', async () => {
    const members = ['us-east-1', 'eu-west-1'].map((region) => ({ account: '444455556666', region }));
    const { watch, pass, published } = begin({}, { collects: true, members });
    expect(await watch()).toEqual({ complaints: 10, told: 10 });
    pass(hour);
    expect(await watch()).toEqual({ complaints: 10, told: 0 });
    const ofMember = published.filter(({ cloud }) => cloud.account?.uid === '444455556666');
    expect(ofMember).toMatchObject([
      {
        message: 'Account 444455556666: Could not look at the account: no role lets anybody in',
        evidences: [{ data: { accounts: ['444455556666'], regions: ['us-east-1', 'eu-west-1'] } }],
      },
    ]);
  });

  it('tells what is wrong in its own account before it enters others', async () => {
    const members = [{ account: '444455556666', region: 'us-east-1' }];
    const heard: number[] = [];
    const { watch, published } = begin(
      {
        enter: async () => {
          heard.push(published.length);
          throw new Error('no role lets anybody in');
        },
      },
      { collects: true, members },
    );
    await watch();
    expect(heard).toEqual([9]);
  });
});
