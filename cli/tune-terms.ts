import { plural } from '../engine/plural.ts';

/** What is asked of a proposal before anybody reads it. */
export type Terms = {
  /** Days on which something must have been seen to be taken for ordinary. */
  readonly minDays: number;
  readonly owner: string;
  /** The last day (UTC) of what is proposed. */
  readonly expires: string;
};

/** What is not proposed, how many alerts it makes, and why. */
export type Refusal = { readonly what: string; readonly alerts: number; readonly why: string };

export const whyNever = {
  root: 'the root user is never ordinary',
  critical: 'the rule is critical',
  nobody: 'the records name no principal that a suppression could name',
} as const;

export const tooFewDays = (days: number, minDays: number): string =>
  `seen on ${plural(days, 'day')}, and what is ordinary on at least ${minDays}`;
