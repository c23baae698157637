import { compileSubscriptions } from '../pattern.ts';
import type { RuleSet } from '../rule-set.ts';
import { subscriptionKeyOf } from '../subscription-key.ts';
import type { Expected } from './expected.ts';

/** What a set of rules asks of an account. */
export const expectedOf = (ruleSet: Pick<RuleSet, 'rules' | 'conditions' | 'lists'>): Expected => ({
  rules: ruleSet.rules.map(({ id, events }) => (events === undefined ? { id } : { id, events })),
  subscriptions: compileSubscriptions(ruleSet.rules, ruleSet).map((subscription) => ({
    key: subscriptionKeyOf(subscription.pattern),
    ...subscription,
  })),
});
