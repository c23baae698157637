import type { DetectorContent } from '../engine/detector.ts';
import type { Rule } from '../engine/rule.ts';

/** Rules with nothing beside them but what is given. */
export const contentOf = (rules: readonly Rule[], more: Partial<DetectorContent> = {}): DetectorContent => ({
  rules,
  correlationRules: [],
  suppressions: [],
  conditions: new Map(),
  lists: new Map(),
  ...more,
});
