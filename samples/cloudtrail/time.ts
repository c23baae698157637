import type { Random } from './random.ts';

/** What the sample covers, UTC. */
const MORNING = { from: '08:30:00', until: '11:00:00' };
const MIDNIGHT = Date.UTC(2026, 9, 14);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Seconds after midnight UTC of the day of the incident: `clock('09:40:17')`. */
export const clock = (text: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
};

/** As in `eventTime`: `2026-10-14T09:40:17Z`. */
export const isoTime = (at: number): string => new Date(MIDNIGHT + at * 1000).toISOString().replace('.000Z', 'Z');

/** As CloudTrail prints the dates inside answers: `Oct 14, 2026 9:45:33 AM`. */
export const answerTime = (at: number): string => {
  const date = new Date(MIDNIGHT + at * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = date.getUTCHours();
  return (
    `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()} ` +
    `${hours % 12 === 0 ? 12 : hours % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hours < 12 ? 'AM' : 'PM'}`
  );
};

/** Moments about every `seconds` of the morning, each moved a little as no real timer is exact. */
export const about = (every: number, random: Random, from = MORNING.from, until = MORNING.until): number[] => {
  const moments: number[] = [];
  const slack = Math.ceil(every / 8);
  for (let at = clock(from) + random.int(0, every); at < clock(until) - slack; at += every)
    moments.push(at + random.int(0, slack));
  return moments;
};
