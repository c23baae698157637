import { isIP } from 'node:net';
import { createConditionCompiler } from '../engine/compile.ts';
import { type Condition, visitCondition } from '../engine/condition.ts';
import { readTexts } from '../engine/field.ts';
import { isListReference } from '../engine/leaf-value.ts';
import { parseOperator } from '../engine/operators.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import type { References } from '../engine/reference.ts';
import { isRegionName } from '../engine/region-name.ts';
import type { Rule } from '../engine/rule.ts';
import { withSources } from '../engine/rule-sequence.ts';
import { allRulesOf, type RuleSet } from '../engine/rule-set.ts';
import { isEventOf } from '../engine/rules-by-event.ts';
import type { Told } from './told.ts';

/** A value that would make rules quiet if it were in a list. */
export type ListEntry = { readonly list: string; readonly value: string };

/**
 * The lists whose entries say that something is expected, and what of a field may be one: an exact value, never a range. Other
 * lists name what is forbidden or protected, or are filled by the deployment.
 */
const forms: Readonly<Record<string, (text: string) => string | undefined>> = {
  'automation-roles': (text) => (/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text) ? text : undefined),
  'known-accounts': (text) => /^(?:arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:)?(\d{12})(?::|$)/.exec(text)?.[1],
  'office-networks': (text) => (isIP(text) === 0 ? undefined : text),
  'workload-networks': (text) => (isIP(text) === 0 ? undefined : text),
  'trail-buckets': (text) => (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) ? text : undefined),
  'used-regions': (text) => (isRegionName(text) ? text : undefined),
};

/** Finds list entries behind alerts: values that a rule compares with a list, and without which it would not have matched. */
export const createListSearch = (ruleSet: RuleSet) => {
  const rules = new Map(allRulesOf(ruleSet).map((rule) => [rule.id, rule]));
  const leaves = new Map<string, readonly ListLeaf[]>();
  const tests = new Map<string, (record: CloudTrailRecord) => boolean>();

  const leavesIn = (rule: Rule): readonly ListLeaf[] => {
    const found = leaves.get(rule.id) ?? listLeavesOf(rule.conditions, ruleSet);
    leaves.set(rule.id, found);
    return found;
  };
  const testOf = (rule: Rule, entries: readonly ListEntry[]): ((record: CloudTrailRecord) => boolean) => {
    const key = JSON.stringify([rule.id, entries]);
    const test = tests.get(key) ?? createConditionCompiler(withEntries(ruleSet, entries))(rule.conditions);
    tests.set(key, test);
    return test;
  };
  /** The rules with conditions behind a finding that its record is about. */
  const sourcesOf = ({ rule: id, record }: Told): readonly Rule[] => {
    const rule = rules.get(id);
    return rule === undefined ? [] : withSources(rule, ruleSet).rules.filter((each) => isEventOf(record, each));
  };

  const valuesIn = (told: Told): readonly ListEntry[] =>
    sourcesOf(told)
      .flatMap(leavesIn)
      .flatMap(({ list, fact }) =>
        readTexts(told.record, fact).flatMap((text) => {
          const value = forms[list]?.(text);
          return value === undefined ? [] : [{ list, value }];
        }),
      );
  const silences = (entry: ListEntry, told: Told): boolean =>
    sourcesOf(told).some((rule) => testOf(rule, [])(told.record) && !testOf(rule, [entry])(told.record));

  return {
    /** Whether the record of a finding would concern its rule no more. */
    silences,
    /** Whether a rule, or what it counts, compares something with the list of an entry. */
    concerns: ({ list }: ListEntry, id: string): boolean => {
      const rule = rules.get(id);
      if (rule === undefined) return false;
      return withSources(rule, ruleSet).rules.some((each) => leavesIn(each).some((leaf) => leaf.list === list));
    },
    /** Every entry that silences one of the findings, with those that it does. */
    entriesFor: (
      all: readonly Told[],
    ): readonly { readonly entry: ListEntry; readonly silenced: readonly Told[] }[] => {
      const found = new Map<string, { readonly entry: ListEntry; readonly silenced: Set<Told> }>();
      for (const told of all) {
        for (const entry of valuesIn(told)) {
          if (!silences(entry, told)) continue;
          const key = `${entry.list} ${entry.value}`;
          const known = found.get(key) ?? { entry, silenced: new Set() };
          known.silenced.add(told);
          found.set(key, known);
        }
      }
      return [...found.values()].map(({ entry, silenced }) => ({ entry, silenced: [...silenced] }));
    },
  };
};
export type ListSearch = ReturnType<typeof createListSearch>;

/** A rule set with more in its lists. */
export const withEntries = <Content extends References>(content: Content, entries: readonly ListEntry[]): Content => {
  const lists = new Map(content.lists);
  for (const { list, value } of entries) lists.set(list, [...(lists.get(list) ?? []), value]);
  return { ...content, lists };
};

type ListLeaf = { readonly list: string; readonly fact: string };

/** The leaves of a tree that compare with a list, shared conditions included; inside `anyItem` by the whole path. */
const listLeavesOf = (tree: Condition, { conditions, lists }: References, above = ''): readonly ListLeaf[] => {
  const found: ListLeaf[] = [];
  const inside = new Set<Condition>();
  visitCondition(tree, '', (node) => {
    if (inside.has(node)) return;
    if ('condition' in node) {
      const shared = conditions.get(node.condition);
      if (shared !== undefined) found.push(...listLeavesOf(shared, { conditions, lists }, above));
    }
    if (!('fact' in node)) return;
    if (isListReference(node.value)) found.push({ list: node.value.list, fact: `${above}${node.fact}` });
    if (parseOperator(node.operator)?.value !== 'condition') return;
    const item = node.value as Condition;
    found.push(...listLeavesOf(item, { conditions, lists }, `${above}${node.fact}.`));
    visitCondition(item, '', (each) => inside.add(each));
  });
  return found;
};
