import type { Told } from './told.ts';

/** What a change of the rules does to the findings of one rule. */
export type RuleChange = {
  readonly rule: string;
  readonly before: readonly Told[];
  readonly after: readonly Told[];
  /** Findings that tell of something which nothing told of before, and the reverse. */
  readonly added: readonly Told[];
  readonly removed: readonly Told[];
  /** The findings behind alerts that there were not before, or that there are no more: lowered ones too. */
  readonly gained: readonly Told[];
  readonly lost: readonly Told[];
};

/**
 * Compares what two rule sets say of the same logs, rule by rule. Two findings are the same where their rule is and they
 * share a record: ids of findings change with the dedup window, and a window made longer hides nothing. Findings of a
 * correlation must also agree on the group, if both group by the same; sharing a time span is then enough, for they
 * name only their first and last records.
 */
export const compareTold = (before: readonly Told[], after: readonly Told[]): readonly RuleChange[] => {
  const rules = [...new Set([...before, ...after].map(({ rule }) => rule))].sort();
  const [ofBefore, ofAfter] = [byRule(before), byRule(after)];
  return rules.map((rule) => compareRule(rule, ofBefore.get(rule) ?? [], ofAfter.get(rule) ?? []));
};

const byRule = (told: readonly Told[]): ReadonlyMap<string, readonly Told[]> => Map.groupBy(told, ({ rule }) => rule);

const compareRule = (rule: string, before: readonly Told[], after: readonly Told[]): RuleChange => {
  const [inBefore, inAfter] = [createLookUp(before), createLookUp(after)];
  return {
    rule,
    before,
    after,
    added: after.filter((each) => inBefore(each).length === 0),
    removed: before.filter((each) => inAfter(each).length === 0),
    gained: after.filter((each) => each.isAlert && !inBefore(each).some(({ isAlert }) => isAlert)),
    lost: before.filter((each) => each.isAlert && !inAfter(each).some(({ isAlert }) => isAlert)),
  };
};

/** Finds those that are the same as a finding of the other side. */
const createLookUp = (all: readonly Told[]): ((told: Told) => readonly Told[]) => {
  const byEvent = new Map<string, Told[]>();
  const byGroup = new Map<string, Told[]>();
  const add = (lists: Map<string, Told[]>, key: string, told: Told): void => {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [told]);
    else list.push(told);
  };
  for (const told of all) {
    for (const event of told.events) add(byEvent, event, told);
    if (told.group !== undefined) add(byGroup, keyOf(told.group), told);
  }
  return (told) => {
    const sharing = [...told.events].flatMap((event) => byEvent.get(event) ?? []);
    const ofGroup = told.group === undefined ? [] : (byGroup.get(keyOf(told.group)) ?? []);
    return [
      ...sharing.filter((each) => !contradicts(each, told)),
      ...ofGroup.filter(({ firstTime, lastTime }) => firstTime <= told.lastTime && told.firstTime <= lastTime),
    ];
  };
};

const keyOf = (group: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(group).sort());

const contradicts = ({ group: one }: Told, { group: other }: Told): boolean => {
  if (one === undefined || other === undefined) return false;
  const fields = (group: typeof one): string => Object.keys(group).sort().join();
  return fields(one) === fields(other) && keyOf(one) !== keyOf(other);
};
