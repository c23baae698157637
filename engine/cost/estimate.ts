import type { Priced, PriceTable } from './price-table.ts';

/** What a log would have made the stack do. */
export type Usage = {
  /** Between the first and the last record. */
  readonly spanMs: number;
  /** Of `detect`: a record that passes two subscriptions counts twice. */
  readonly detects: number;
  readonly tableReads: number;
  readonly tableWrites: number;
  /** On the finding bus: findings and what becomes of responses, and their size. */
  readonly busEvents: { readonly count: number; readonly chunks: number; readonly bytes: number };
  readonly responses: number;
  readonly alerts: number;
  /** Log files of the trail, for those who have `ingest` read them. */
  readonly logFiles: number;
};

/** What a log cannot say. Times are what a run is assumed to take; nobody measured them on AWS. */
export type Assumptions = {
  readonly detectMs: number;
  readonly notifyMs: number;
  readonly remediateMs: number;
  readonly watchMs: number;
  readonly logBytesPerRun: number;
  readonly emailAddresses: number;
};
export const usualAssumptions: Assumptions = {
  detectMs: 20,
  notifyMs: 150,
  remediateMs: 500,
  watchMs: 5_000,
  logBytesPerRun: 1_000,
  emailAddresses: 1,
};

/** What the stack is made of. */
export type Stack = {
  /** Memory of the functions. */
  readonly gigabytes: {
    readonly detect: number;
    readonly notify: number;
    readonly remediate: number;
    readonly watch: number;
  };
  readonly alarms: number;
  /** Queues that Lambda asks for messages: always, and beside these where `ingest` reads log files. */
  readonly polledQueues: { readonly always: number; readonly ingest: number };
};

/** Lambda asks a queue five times each 20 seconds, empty or not. */
const pollsPerMonth = (5 * 30 * 86_400) / 20;
/** `watch` looks every hour. */
const looksPerMonth = 30 * 24;

/** `amount` is `quantity / per * price`, a month of 30 days. */
export type CostLine = {
  readonly part: 'detect' | 'findings' | 'alerts' | 'responses' | 'always' | 'ingest';
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly price: number;
  readonly per: number;
  readonly amount: number;
};
export type Estimate = { readonly lines: readonly CostLine[]; readonly total: number; readonly withIngest: number };

const monthMs = 30 * 86_400_000;
const gigabyte = 1e9;

/** Estimates the bill of a month in which what the log has goes on at the same rate. Throws a TypeError for a log without a span. */
export const estimateCost = (
  usage: Usage,
  { gigabytes, alarms, polledQueues }: Stack,
  { prices }: PriceTable,
  assumed: Assumptions,
): Estimate => {
  if (!(usage.spanMs > 0)) throw new TypeError('the log has no two times to tell a rate by');
  const months = monthMs / usage.spanMs;
  const line = (part: CostLine['part'], what: string, priced: Priced, quantity: number): CostLine => {
    const { price, per, unit } = prices[priced];
    return { part, what, quantity, unit, price, per, amount: (quantity / per) * price };
  };
  const perMonth = (part: CostLine['part'], what: string, priced: Priced, inLog: number): CostLine =>
    line(part, what, priced, inLog * months);

  const runs = (part: CostLine['part'], what: string, quantity: number, ms: number, memory: number): CostLine[] => [
    line(part, what, 'lambdaRequests', quantity),
    line(part, `${ms} ms each`, 'lambdaDuration', ((quantity * ms) / 1_000) * memory),
  ];

  const { detects, busEvents, alerts, responses, logFiles } = usage;
  const { detectMs, notifyMs, remediateMs, watchMs, logBytesPerRun, emailAddresses } = assumed;
  const logBytes = (detects + busEvents.count + responses) * logBytesPerRun;
  // How many were read, the heartbeat, and of findings and alerts two each: a metric costs by the hours in which it has a value.
  const metrics = 2 + (busEvents.count > 0 ? 4 : 0);
  const lines = [
    ...runs(
      'detect',
      'events that pass the subscriptions, each a run of detect',
      detects * months,
      detectMs,
      gigabytes.detect,
    ),
    perMonth('detect', 'looks at what was told and counted', 'tableReads', usage.tableReads),
    perMonth('detect', 'matches and counts kept', 'tableWrites', usage.tableWrites),
    perMonth('findings', 'findings and responses on the bus', 'busEvents', busEvents.chunks),
    perMonth('findings', 'of them into the archive', 'archiveWrites', busEvents.bytes / gigabyte),
    perMonth('findings', 'kept there for 30 days', 'archiveStorage', busEvents.bytes / gigabyte),
    ...runs('alerts', 'runs of notify', busEvents.count * months, notifyMs, gigabytes.notify),
    perMonth('alerts', 'a lock and an answer for each alert', 'tableWrites', 2 * alerts),
    perMonth('alerts', 'alerts to the topic', 'topicMessages', alerts),
    perMonth('alerts', `${emailAddresses} e-mail for each`, 'emails', emailAddresses * alerts),
    ...runs('responses', 'runs of remediate', responses * months, remediateMs, gigabytes.remediate),
    ...runs('always', 'looks of watch, one an hour', looksPerMonth, watchMs, gigabytes.watch),
    perMonth('always', `logs, ${logBytesPerRun} bytes for each run`, 'logBytes', logBytes / gigabyte),
    line('always', 'polls of the queues of responses', 'queueRequests', polledQueues.always * pollsPerMonth),
    line('always', 'metrics of the functions, at most', 'metrics', metrics),
    line('always', 'alarms, those of parts that are off included', 'alarms', alarms),
    perMonth('ingest', 'log files read', 'objectReads', logFiles),
    perMonth('ingest', 'told of, taken and deleted in the queue', 'queueRequests', 3 * logFiles),
    line('ingest', 'polls of the queue of log files', 'queueRequests', polledQueues.ingest * pollsPerMonth),
    perMonth('ingest', 'runs of ingest', 'lambdaRequests', logFiles),
  ];
  const sumOf = (some: readonly CostLine[]): number => some.reduce((sum, { amount }) => sum + amount, 0);
  return { lines, total: sumOf(lines.filter(({ part }) => part !== 'ingest')), withIngest: sumOf(lines) };
};
