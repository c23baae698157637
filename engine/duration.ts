import * as z from 'zod/mini';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const durationForm = /^[1-9]\d{0,4}[smhd]$/;
export const durationExpected = 'expected a time span such as "30s", "10m", "1h" or "7d"';

/** A time span as Sigma writes it: `30s`, `10m`, `1h`, `7d`. */
export const durationSchema = z.string().check(z.regex(durationForm, durationExpected));

/** Milliseconds of a valid time span. */
export const durationMs = (duration: string): number =>
  Number(duration.slice(0, -1)) * unitMs[duration.slice(-1) as keyof typeof unitMs];
