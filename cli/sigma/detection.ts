import type { Condition } from '../../engine/condition.ts';
import { isJsonObject } from '../../engine/record.ts';
import { type Expression, namesMatching, parseExpression } from './condition-grammar.ts';
import { conditionOfItem, keywordRefusal } from './detection-item.ts';
import { Refusal } from './refusal.ts';
import { allOf, anyOf } from './tree.ts';

/** The selections of a detection, by name, and the condition that joins them; several conditions are alternatives. */
export type Detection = { readonly [name: string]: unknown; readonly condition: string | readonly string[] };

/** Translates a detection into a tree of ours; throws a Refusal that names the place and what cannot be carried. */
export const conditionOfDetection = ({ condition, ...selections }: Detection): Condition => {
  if (Object.hasOwn(selections, 'timeframe')) {
    throw new Refusal(
      '"timeframe" belongs to counts inside a condition, which Sigma 2 no longer has; write a correlation',
    );
  }
  const names = Object.keys(selections);
  const conditionOf = (name: string): Condition => {
    if (!Object.hasOwn(selections, name)) throw new Refusal(`condition: there is no selection "${name}"`);
    try {
      return conditionOfSelection(selections[name]);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(`${name}: ${error.message}`);
      throw error;
    }
  };
  const treeOf = (expression: Expression): Condition => {
    if ('and' in expression) return allOf(expression.and.map(treeOf));
    if ('or' in expression) return anyOf(expression.or.map(treeOf));
    if ('not' in expression) return { not: treeOf(expression.not) };
    if ('name' in expression) return conditionOf(expression.name);
    const matching = namesMatching(expression.pattern, names);
    if (matching.length === 0) throw new Refusal(`condition: no selection is named like "${expression.pattern}"`);
    return (expression.quantifier === 'all' ? allOf : anyOf)(matching.map(conditionOf));
  };
  return anyOf([condition].flat().map((text) => treeOf(parseExpression(text))));
};

/** A map holds when all its lines do, a list when one of its maps does. */
const conditionOfSelection = (selection: unknown): Condition => {
  if (Array.isArray(selection)) {
    if (selection.length === 0) throw new Refusal('an empty selection');
    return anyOf(selection.map(conditionOfSelection));
  }
  if (!isJsonObject(selection)) throw keywordRefusal;
  const items = Object.entries(selection);
  if (items.length === 0) throw new Refusal('an empty selection');
  return allOf(items.map(([key, value]) => conditionOfItem(key, value)));
};
