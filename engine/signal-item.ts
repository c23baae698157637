import { createHash } from 'node:crypto';

/** Groups hold what attackers write, as long as they like; a key of the table has 2,048 bytes. */
export const signalItemId = (key: string): string => `signals#${createHash('sha256').update(key).digest('base64url')}`;

/** The TTL attribute, in seconds: rounded so that a set lives a second too long rather than too short. */
export const expirationOf = (expiresAt: number): number => Math.ceil(expiresAt / 1_000);
