import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Ask } from '../engine/doctor/ask.ts';
import type { Complaint } from '../engine/doctor/complaint.ts';
import type { EnterSite } from '../engine/doctor/examine-members.ts';
import type { Expected } from '../engine/doctor/expected.ts';
import type { WatchedMembers } from '../engine/doctor/organization-parameters.ts';
import type { Site } from '../engine/doctor/sites.ts';
import type { SignalStore } from '../engine/signal-store.ts';
import type { WindowStore } from '../engine/window-store.ts';
import type { Bus } from './bus.ts';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import type { Heartbeat } from './heartbeat.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { connectMemberSites } from './member-sites.ts';

export type WatchConnections = {
  readonly ask: Ask;
  readonly enter: EnterSite;
  readonly bus: Pick<Bus, 'publishFindings'>;
  readonly store: Pick<WindowStore, 'look' | 'remember'>;
  readonly signals: Pick<SignalStore, 'read'>;
  readonly heartbeats: readonly Heartbeat[];
};

export type WatchParts = {
  readonly expected: Expected;
  readonly silenceHours: number;
  /** Whether accounts and regions are told apart by marks that detect makes. */
  readonly collects: boolean;
  /** Where other accounts and regions are looked into. */
  readonly members: readonly Site[];
  /** Whether logs are read beside EventBridge, so that it is known what that lost. */
  readonly readsLogs: boolean;
  readonly connect: () => Promise<WatchConnections>;
  readonly telemetry: Telemetry;
  readonly now: () => number;
};

type SiteComplaint = { readonly complaint: Complaint; readonly site: Site };

export type WatchResult = { readonly complaints: number; readonly told: number };

/** As long as a reminder may be asked for again: its day, and the hours in which Lambda tries. */
const rememberMs = 48 * 3_600_000;

/**
 * Looks whether Trailwire still sees and tells in its region, publishes what is wrong as findings, each once a day, and
 * then tells that it looked. Throws what kept it from looking or telling: the heartbeat stays out, and an alarm says so.
 */
export const createWatch = (parts: WatchParts) => {
  const { expected, silenceHours, collects, members, readsLogs, connect, telemetry, now } = parts;
  let connected: ReturnType<typeof connect> | undefined;

  const examine = async (site: Site, { ask, signals }: WatchConnections): Promise<readonly Complaint[]> => {
    const [{ takeSnapshot }, { diagnose }, { complainOfSilentSites, readSites }] = await Promise.all([
      import('../engine/doctor/look.ts'),
      import('../engine/doctor/diagnose.ts'),
      import('../engine/doctor/sites.ts'),
    ]);
    const at = now();
    const regions = [site.region];
    const snapshot = await takeSnapshot(ask, { account: site.account, regions, silenceHours, at });
    const silent = collects ? complainOfSilentSites(await readSites(signals, at), silenceHours) : [];
    return [...diagnose({ ...snapshot, enabledRegions: { seen: regions } }, expected), ...silent];
  };

  const lookIntoMembers = async (own: Site, { enter }: WatchConnections): Promise<readonly SiteComplaint[]> => {
    if (members.length === 0) return [];
    const { examineMembers } = await import('../engine/doctor/examine-members.ts');
    const complaints = await examineMembers(enter, members, expected, now());
    return complaints.map((complaint) => {
      // A finding has one place: the first of those that it is about.
      const {
        accounts: [account = own.account],
        regions: [region = own.region],
      } = complaint;
      return { complaint, site: { account, region } };
    });
  };

  const examineLogs = async (site: Site, { store }: WatchConnections) => {
    const [{ complainOfMissed, sayMissed }, { readMissed }] = await Promise.all([
      import('../engine/doctor/missed-findings.ts'),
      import('./missed-findings.ts'),
    ]);
    const missed = await readMissed(store, now());
    telemetry.logger.info('findings that EventBridge did not bring', missed);
    return { complaints: complainOfMissed(missed, site.region), says: sayMissed(missed) };
  };

  /** Publishes what was not told today, and gives how much that is. */
  const tell = async (complaints: readonly SiteComplaint[], { bus, store }: WatchConnections): Promise<number> => {
    if (complaints.length === 0) return 0;
    const { buildComplaintFinding, identifyComplaint } = await import('../engine/doctor/complaint-finding.ts');
    const at = now();
    const named = complaints.map((each) => ({ ...each, id: identifyComplaint(each.complaint, each.site, at).id }));
    const seen = await Promise.all(named.map(({ id }) => store.look(id, at)));
    const news = named.filter((_, index) => seen[index] === undefined);
    await bus.publishFindings(news.map(({ complaint, site }) => buildComplaintFinding(complaint, site, at)));
    await Promise.all(news.map(({ id }) => store.remember(id, id, at + rememberMs, at)));
    for (const { complaint, id } of news) {
      telemetry.logger.warn(complaint.says, { check: complaint.check, finding: id });
    }
    return news.length;
  };

  return async (_event: unknown, { invokedFunctionArn }: Pick<Context, 'invokedFunctionArn'>): Promise<WatchResult> => {
    connected ??= connect();
    const connections = await connected;
    const site = siteOf(invokedFunctionArn);
    const logs = readsLogs ? await examineLogs(site, connections) : undefined;
    const complaints = [...(await examine(site, connections)), ...(logs?.complaints ?? [])];
    const own = complaints.map((complaint) => ({ complaint, site }));
    // Told at once: what is wrong elsewhere may take minutes to look at.
    const toldOfOwn = await tell(own, connections);
    const ofMembers = await lookIntoMembers(site, connections);
    const toldOfMembers = await tell(ofMembers, connections);
    const result = { complaints: own.length + ofMembers.length, told: toldOfOwn + toldOfMembers };
    telemetry.count('ComplaintsFound', result.complaints);
    const says = ['trailwire-watch looked.', logs?.says ?? ''].join(' ').trim();
    for (const heartbeat of connections.heartbeats) await heartbeat(says);
    telemetry.count('Heartbeats');
    return result;
  };
};

/** `arn:aws:lambda:<region>:<account>:function:<name>`. */
const siteOf = (functionArn: string): Site => {
  const [, , , region = '', account = ''] = functionArn.split(':');
  return { account, region };
};

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const watchConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_EXPECTED: z.string(),
  /** The file that says which member accounts are looked into. */
  TRAILWIRE_MEMBERS: z.string(),
  TRAILWIRE_SILENCE_HOURS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(24)), 24),
  /** Empty where no other account or region sends events. */
  TRAILWIRE_ORGANIZATION: z._default(z.string(), ''),
  /** Empty where no logs are read. */
  TRAILWIRE_READS_LOGS: z._default(z.string(), ''),
  TRAILWIRE_HEARTBEAT_TOPIC_ARN: z._default(z.string(), ''),
  TRAILWIRE_HEARTBEAT_URL_PARAMETER: z._default(z.string(), ''),
});
type WatchConfig = z.infer<typeof watchConfig>;

const connectWatch = async (config: WatchConfig, members: WatchedMembers): Promise<WatchConnections> => {
  const [{ connect }, { createAsk }, enter, heartbeats] = await Promise.all([
    import('./connections.ts'),
    import('../account/ask-aws.ts'),
    connectMemberSites(members, config.TRAILWIRE_ORGANIZATION),
    connectHeartbeats(config),
  ]);
  return { ...connect(config), ask: createAsk(), enter, heartbeats };
};

const connectHeartbeats = async (config: WatchConfig): Promise<readonly Heartbeat[]> => {
  const heartbeats: Heartbeat[] = [];
  if (config.TRAILWIRE_HEARTBEAT_TOPIC_ARN !== '') {
    const { createTopicHeartbeat } = await import('./heartbeat-topic.ts');
    heartbeats.push(createTopicHeartbeat(config.TRAILWIRE_HEARTBEAT_TOPIC_ARN));
  }
  if (config.TRAILWIRE_HEARTBEAT_URL_PARAMETER !== '') {
    const [{ createUrlHeartbeat }, { createSecretReader }] = await Promise.all([
      import('./heartbeat.ts'),
      import('./secret.ts'),
    ]);
    heartbeats.push(createUrlHeartbeat(createSecretReader(config.TRAILWIRE_HEARTBEAT_URL_PARAMETER)));
  }
  return heartbeats;
};

const telemetry = createTelemetry('watch');

/** Lambda entry, called once an hour. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('watch', watchConfig);
  const collects = config.TRAILWIRE_ORGANIZATION !== '';
  const members: WatchedMembers = JSON.parse(readFileSync(config.TRAILWIRE_MEMBERS, 'utf8'));
  return createWatch({
    expected: JSON.parse(readFileSync(config.TRAILWIRE_EXPECTED, 'utf8')),
    silenceHours: config.TRAILWIRE_SILENCE_HOURS,
    collects,
    members: collects ? members.sites : [],
    readsLogs: config.TRAILWIRE_READS_LOGS !== '',
    connect: () => connectWatch(config, members),
    telemetry,
    now: Date.now,
  });
});
