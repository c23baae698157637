import * as z from 'zod/mini';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time span as Sigma writes it: `30s`, `10m`, `1h`, `7d`. */
export const durationSchema = z
  .string()
  .check(z.regex(/^[1-9]\d{0,4}[smhd]$/, 'expected a time span such as "30s", "10m", "1h" or "7d"'));

/** Milliseconds of a valid time span. */
export const durationMs = (duration: string): number =>
  Number(duration.slice(0, -1)) * unitMs[duration.slice(-1) as keyof typeof unitMs];
