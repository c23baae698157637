import type { Condition } from '../../engine/condition.ts';
import type { EventCatalog } from '../../engine/rule-lint.ts';
import { conditionOfDetection } from './detection.ts';
import { hoistEvents } from './hoist-events.ts';
import { Refusal } from './refusal.ts';
import { headOf } from './rule-head.ts';
import type { SigmaFilter, SigmaRule } from './sigma-document.ts';
import { allOf } from './tree.ts';

/** A rule file as it will be written. */
export type RuleFile = Readonly<Record<string, unknown>> & { readonly id: string };

/** Throws a Refusal where a document speaks of other logs. */
export const refuseOtherLogs = ({ logsource }: SigmaRule | SigmaFilter): void => {
  const { product, service, category } = logsource;
  // Nobody else has a service of this name, and older rules leave the product out.
  const isAws = product === undefined || product.toLowerCase() === 'aws';
  if (isAws && service?.toLowerCase() === 'cloudtrail' && category === undefined) return;
  const found = Object.entries({ product, service, category }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${value}`],
  );
  throw new Refusal(`is about other logs (${found.join(', ') || 'none named'}), not product aws, service cloudtrail`);
};

/** Translates a Sigma rule and the filters that speak of it; throws a Refusal that says what cannot be carried. */
export const importRule = (
  id: string,
  sigma: SigmaRule,
  filters: readonly Condition[],
  catalog: EventCatalog,
  note: (text: string) => void,
): RuleFile => {
  refuseOtherLogs(sigma);
  const head = headOf(id, sigma, note);
  const tree = allOf([conditionOfDetection(sigma.detection), ...filters]);
  return { ...head, id, ...hoistEvents(tree, catalog, note), message };
};

/** Says no more than the rule knows. */
export const message = '{userIdentity.arn} called {eventName} in {awsRegion}';
