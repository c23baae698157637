/** What was seen, or why it could not be looked at. */
export type Looked<Seen> = { readonly seen: Seen } | { readonly failed: string };

/** What a trail records of calls, and of which kinds of data events. */
export type Selection = {
  readonly management: readonly ManagementSelection[];
  /** Types of resources, such as `AWS::S3::Object`, of which any data events are recorded. */
  readonly dataOf: readonly string[];
};

export type ManagementSelection = {
  readonly reads: boolean;
  readonly writes: boolean;
  /** Event sources that are left out. */
  readonly without: readonly string[];
  /** Fields by which events are chosen otherwise: what is left out then is not known here. */
  readonly narrowedBy: readonly string[];
};

export type Trail = {
  readonly name: string;
  readonly arn: string;
  readonly homeRegion: string;
  readonly status: Looked<{ readonly isLogging: boolean; readonly deliveryError?: string | undefined }>;
  readonly selection: Looked<Selection>;
};

/** Where a rule of EventBridge sends events. */
export type SubscriptionTarget = { readonly arn: string; readonly hasDeadLetters: boolean };

/** A rule of EventBridge on the default bus, or on the bus of collected events. */
export type Subscription = {
  readonly name: string;
  readonly state: string;
  readonly pattern: string;
  readonly targets: Looked<readonly SubscriptionTarget[]>;
};

export type Bus = { readonly name: string; readonly policy?: string | undefined };

export type Queue = {
  readonly name: string;
  readonly messages: Looked<number>;
};

export type DeployedFunction = {
  readonly name: string;
  readonly state: string;
  /** Absent where the function shares the concurrency of the account. */
  readonly concurrency: Looked<number | undefined>;
};

export type Alarm = { readonly name: string; readonly tells: boolean };

/** Of an SNS topic: how many subscribers get alerts, and how many have not confirmed yet. */
export type Audience = { readonly confirmed: number; readonly pending: number };

/** What CloudWatch counted, within the hours that silence may last. */
export type Activity = {
  readonly hours: number;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  /** Queue -> age of its oldest message in seconds. */
  readonly oldest: ReadonlyMap<string, number>;
};

/** What there is of Trailwire, and of what it lives on, in one region. */
export type RegionSnapshot = {
  readonly region: string;
  readonly trails: Looked<readonly Trail[]>;
  /** Of Trailwire, on the default bus. */
  readonly subscriptions: Looked<readonly Subscription[]>;
  /** Of Trailwire: that of findings, and that of events collected from an organization. */
  readonly buses: Looked<readonly Bus[]>;
  /** On the bus of collected events; empty where there is none. */
  readonly collecting: Looked<readonly Subscription[]>;
  readonly queues: Looked<readonly Queue[]>;
  readonly functions: Looked<readonly DeployedFunction[]>;
  readonly alarms: Looked<readonly Alarm[]>;
  readonly audience: Looked<Audience | undefined>;
  readonly activity: Looked<Activity>;
};

/** An account as it was seen at one time (milliseconds since 1970). */
export type AccountSnapshot = {
  readonly account: string;
  readonly at: number;
  readonly regions: readonly RegionSnapshot[];
  /** The regions that the account can be used in. */
  readonly enabledRegions: Looked<readonly string[]>;
};

/** What was seen; where nothing could be, `otherwise`: that it could not is a complaint of its own (`check-sight.ts`). */
export const seenOr = <Seen>(looked: Looked<Seen>, otherwise: Seen): Seen =>
  'seen' in looked ? looked.seen : otherwise;
