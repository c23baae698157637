import type { Suppression } from './suppression.ts';

const dayMs = 86_400_000;

/** Whether a suppression has stopped working at a time (ms since 1970): from the end of its last day, UTC. */
export const isExpired = (suppression: Suppression, at: number): boolean =>
  at >= Date.parse(suppression.expires) + dayMs;

/** Whether a suppression speaks of a rule. */
export const isAbout = (
  suppression: Suppression,
  rule: { readonly id: string; readonly tags: readonly string[] },
): boolean =>
  suppression.tag === undefined ? [suppression.rule].flat().includes(rule.id) : rule.tags.includes(suppression.tag);
