import { setFlagsFromString } from 'node:v8';
import type { ResourceLimits } from 'node:worker_threads';

/**
 * How much room a thread gives to new objects. V8 widens it to some 200 MB where many survive, as matched records do until
 * their turn, and never gives it back. It can be told to threads alone once Node runs.
 */
export const littleRoom: ResourceLimits = { maxYoungGenerationSizeMb: 24 };

/** From now on garbage is collected when it is a third of what lives; V8 waits for up to four times of that. */
export const collectEarly = (): void => setFlagsFromString('--heap-growing-percent=35');
