import { createHash } from 'node:crypto';
import type { EventPattern } from './pattern.ts';

/** What ends the name of a subscription: another pattern is another subscription, and none is replaced while events come. */
export const subscriptionKeyOf = (pattern: EventPattern): string =>
  createHash('sha256').update(JSON.stringify(pattern)).digest('hex').slice(0, 12);
