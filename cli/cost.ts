import { alertOfActivity, alertOfFinding, isFor } from '../engine/alert.ts';
import { type CostLine, estimateCost, type Usage, usualAssumptions } from '../engine/cost/estimate.ts';
import { priceTableSchema } from '../engine/cost/price-table.ts';
import { messageOf } from '../engine/errors.ts';
import { compilePatterns } from '../engine/pattern.ts';
import { plural } from '../engine/plural.ts';
import { accountOf, actionIdOf, eventTimeOf } from '../engine/record.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import type { Severity } from '../engine/severity.ts';
import { createMemorySignalStore } from '../engine/signal-store.ts';
import { oneLine } from '../engine/template.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import prices from './aws-prices.json' with { type: 'json' };
import { hashId } from './hash-id.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { loadRules } from './load-rules.ts';
import { meterSignalStore, meterWindowStore } from './metered-stores.ts';
import { passes } from './patterns.ts';
import { createPipeline, type News } from './pipeline.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';
import { readStack } from './read-stack.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { filesOf } from './replay.ts';

export type CostOptions = {
  readonly rules: string;
  readonly minSeverity: Severity;
  /** How many days the log covers, where its first and last record do not say. */
  readonly days?: number | undefined;
  readonly detectMs: number;
  readonly format: 'text' | 'jsonl';
};

const dayMs = 86_400_000;
/** EventBridge bills an event for each 64 KB. https://aws.amazon.com/eventbridge/pricing/ */
const chunkBytes = 65_536;
const trailFile = /_CloudTrail_[^/]*\.json\.gz$/;

/**
 * `trailwire cost <path>...`: what a month of such logs would cost in AWS, from the subscriptions that each record passes and the
 * findings that the rules make of it. 1 where a rule or a record fails, 2 when no record could be read or no time was covered.
 */
export const cost = async (paths: readonly string[], options: CostOptions, io: Io): Promise<number> => {
  const table = priceTableSchema.parse(prices);
  const measured = await measure(paths, loadRules(options.rules), options.minSeverity, io);
  const usage = options.days === undefined ? measured : { ...measured, spanMs: options.days * dayMs };
  io.err(
    `${plural(measured.records, 'record')} in ${(usage.spanMs / dayMs).toFixed(2)} days: ${plural(measured.findings, 'finding')}`,
  );
  if (measured.records === 0) return 2;
  if (usage.spanMs <= 0) {
    io.err('The records are all of one time; --days says how long it took');
    return 2;
  }

  const { lines, total, withIngest } = estimateCost(usage, readStack(), table, {
    ...usualAssumptions,
    detectMs: options.detectMs,
  });
  const code = measured.failures > 0 ? 1 : 0;
  if (options.format === 'jsonl') {
    for (const line of lines) io.out(jsonLine(line));
    return code;
  }
  io.out(
    `A month of 30 days in ${table.region}, prices of ${table.asOf} in ${table.currency}, without free tiers and taxes`,
  );
  for (const [part, some] of Map.groupBy(lines, (line) => line.part)) {
    io.out(io.color('bold', headings[part]));
    for (const line of some) io.out(renderLine(line));
  }
  io.out(io.color('bold', `${money(total)} a month, ${money(withIngest)} with ingest`));
  io.err(
    'Not counted: retries, storage of the table, ingest’s run time, what watch asks CloudWatch, Slack’s function, the trail itself, data between regions.',
  );
  return code;
};

const headings: Readonly<Record<CostLine['part'], string>> = {
  detect: 'Detection',
  findings: 'Findings',
  alerts: 'Alerts',
  responses: 'Responses',
  always: 'Watching over it',
  ingest: 'Only where ingest reads the trail’s log files too',
};

const renderLine = ({ what, quantity, unit, price, per, amount }: CostLine): string => {
  const each = per === 1 ? `$${price}` : `$${price} per ${per.toLocaleString('en-US')}`;
  return `  ${money(amount).padStart(10)}  ${amountOf(quantity)} ${unit} x ${each}  ${what}`;
};

const amountOf = (quantity: number): string =>
  quantity.toLocaleString('en-US', { maximumFractionDigits: quantity < 10 ? 6 : 0 });
const money = (amount: number): string => `$${amount.toFixed(amount < 0.01 ? 6 : 2)}`;

/** Runs the engine over logs as the stack would be run over them, and counts what that takes. */
const measure = async (paths: readonly string[], ruleSet: RuleSet, minSeverity: Severity, io: Io) => {
  const subscriptions = compilePatterns(ruleSet.rules, ruleSet);
  const units = { reads: 0, writes: 0 };
  const usage = { detects: 0, tableReads: 0, tableWrites: 0, responses: 0, alerts: 0, logFiles: 0 };
  const busEvents = { count: 0, chunks: 0, bytes: 0 };
  const counts = { records: 0, findings: 0, failures: 0 };
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  const publish = (detail: object): void => {
    const bytes = Buffer.byteLength(JSON.stringify(detail));
    busEvents.count += 1;
    busEvents.bytes += bytes;
    busEvents.chunks += Math.ceil(bytes / chunkBytes);
  };
  const tell = ({ finding, activities }: News): void => {
    counts.findings += 1;
    for (const detail of [finding, ...activities]) publish(detail);
    usage.responses += finding.unmapped.trailwire.remediate.length > 0 ? 1 : 0;
    // An update of a finding is on the bus for the record, and no alert.
    const alerts = [
      ...(finding.activity_id === 1 ? [alertOfFinding(finding)] : []),
      ...activities.map(alertOfActivity),
    ];
    usage.alerts += alerts.filter((alert) => isFor(alert, 'sns', minSeverity)).length;
  };
  const store = meterWindowStore(createMemoryWindowStore(), units);
  const signals = meterSignalStore(createMemorySignalStore(), units);
  const run = createPipeline({ content: ruleSet, store, signals, now: io.now, tell });

  const isCopy = createRecentlySeen();
  for await (const item of readRecords(readInputs(paths))) {
    if (item.kind === 'unreadable') io.err(`cannot read ${item.place}: ${item.error.message}`);
    if (item.kind !== 'delivery') continue;
    const { record } = item.delivery;
    if (isCopy(hashId(accountOf(record) ?? '', actionIdOf(record)))) continue;
    counts.records += 1;
    const time = eventTimeOf(record);
    if (time !== undefined) [first, last] = [Math.min(first, time), Math.max(last, time)];
    const invocations = subscriptions.filter((pattern) => passes(pattern, record)).length;
    usage.detects += invocations;
    const { reads, writes } = units;
    try {
      const { failures } = await run(item.delivery, 0);
      for (const { message } of failures) io.err(oneLine(`RULE FAILED: ${message}`, 500));
      counts.failures += failures.length;
    } catch (error) {
      // One record that nobody foresaw must not hide what the others cost.
      io.err(oneLine(`cannot count ${item.place}: ${messageOf(error)}`, 500));
      counts.failures += 1;
    }
    // Each invocation for a record asks the table and counts again, whether it is the first to tell or not.
    usage.tableReads += (units.reads - reads) * invocations;
    usage.tableWrites += (units.writes - writes) * invocations;
  }
  for (const found of filesOf(paths)) usage.logFiles += found.kind === 'file' && trailFile.test(found.path) ? 1 : 0;
  return { ...counts, ...usage, busEvents, spanMs: Math.max(0, last - first) } satisfies Usage & typeof counts;
};
