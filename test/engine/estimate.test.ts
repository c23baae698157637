import { describe, expect, test } from 'vitest';
import prices from '../../cli/aws-prices.json' with { type: 'json' };
import { estimateCost, type Usage, usualAssumptions } from '../../engine/cost/estimate.ts';
import { priceTableSchema } from '../../engine/cost/price-table.ts';

const table = priceTableSchema.parse(prices);
const stack = {
  gigabytes: { detect: 0.5, notify: 0.25, remediate: 0.25, watch: 0.5 },
  alarms: 10,
  polledQueues: { always: 2, ingest: 1 },
};
const day = 86_400_000;
const nothing: Usage = {
  spanMs: 30 * day,
  detects: 0,
  tableReads: 0,
  tableWrites: 0,
  busEvents: { count: 0, chunks: 0, bytes: 0 },
  responses: 0,
  alerts: 0,
  logFiles: 0,
};
const estimate = (usage: Partial<Usage>) => estimateCost({ ...nothing, ...usage }, stack, table, usualAssumptions);
const lineOf = (usage: Partial<Usage>, part: string, unit: RegExp) => {
  const [line, ...more] = estimate(usage).lines.filter((each) => each.part === part && unit.test(each.unit));
  expect(more).toEqual([]);
  return line;
};

describe('the estimate of a month', () => {
  test('is quantity times price on each line, and their sum', () => {
    const { lines, total, withIngest } = estimate({ detects: 1_000_000, alerts: 50, logFiles: 900 });
    for (const { amount, quantity, per, price } of lines) expect(amount).toBeCloseTo((quantity / per) * price, 12);
    const sum = lines.reduce((all, { amount }) => all + amount, 0);
    expect(withIngest).toBeCloseTo(sum, 12);
    const ofIngest = lines.filter(({ part }) => part === 'ingest').reduce((all, { amount }) => all + amount, 0);
    expect(ofIngest).toBeGreaterThan(0);
    expect(total).toBeCloseTo(sum - ofIngest, 12);
  });

  test('goes on at the rate of the log', () => {
    const usage = { spanMs: 3 * day, detects: 1_000 };
    expect(lineOf(usage, 'detect', /requests/)).toMatchObject({ quantity: 10_000, amount: 0.002 });
  });

  test('counts memory times time of a function', () => {
    const line = lineOf({ detects: 1_000_000 }, 'detect', /GB-seconds/);
    expect(line?.quantity).toBe((1_000_000 * usualAssumptions.detectMs * stack.gigabytes.detect) / 1_000);
    expect(line?.amount).toBeCloseTo(0.133334, 6);
  });

  test.each([
    ['tableReads', { tableReads: 2_000_000 }, 'detect', /read units/, 0.25],
    ['tableWrites', { tableWrites: 2_000_000 }, 'detect', /write units/, 1.25],
    ['bus events', { busEvents: { count: 1, chunks: 1_000_000, bytes: 0 } }, 'findings', /64 KB/, 1],
    ['the archive', { busEvents: { count: 1, chunks: 1, bytes: 1e9 } }, 'findings', /^GB$/, 0.1],
    ['alerts', { alerts: 1_000_000 }, 'alerts', /64 KB/, 0.5],
    ['e-mails', { alerts: 100_000 }, 'alerts', /e-mails/, 2],
    ['log files', { logFiles: 1_000_000 }, 'ingest', /GET/, 0.4],
  ])('prices %s as the table says', (_, usage, part, unit, amount) => {
    expect(lineOf(usage, part, unit)?.amount).toBeCloseTo(amount, 9);
  });

  test('has what is paid for though nothing happens', () => {
    const { lines, total } = estimate({});
    const paid = new Set(lines.filter(({ amount }) => amount > 0).map(({ part }) => part));
    expect([...paid]).toEqual(['always', 'ingest']);
    expect(total).toBeGreaterThan(1);
  });

  test('has the looks of watch, and the polls of each queue that Lambda asks', () => {
    const { lines } = estimate({});
    const linesOf = (part: string, unit: RegExp) =>
      lines.filter((each) => each.part === part && unit.test(each.unit)).map(({ quantity }) => quantity);
    expect(linesOf('always', /^requests$/)).toContain(720);
    // Five at a time, each 20 seconds long: 648,000 a month.
    expect(linesOf('always', /^requests$/)).toContain(2 * 648_000);
    expect(linesOf('ingest', /^requests$/)).toContain(648_000);
  });

  test('needs a log with a span of time', () => {
    expect(() => estimate({ spanMs: 0 })).toThrow('the log has no two times to tell a rate by');
  });
});

test('each price names the page of AWS that it is from', () => {
  for (const { source } of Object.values(table.prices))
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/.+pricing/);
});
