import type { Condition, Leaf } from '../../engine/condition.ts';
import { isFieldReference, isListReference } from '../../engine/leaf-value.ts';
import { type References, sharedConditionOf } from '../../engine/reference.ts';
import type { Events } from './hoist-events.ts';
import { Refusal } from './refusal.ts';
import { escapeSigmaText, hasNoCase } from './sigma-text.ts';
import { typedValueOf } from './text-leaves.ts';

/** The detection of a Sigma rule: selections by name, and the condition that joins them. */
export type SigmaDetection = Readonly<Record<string, unknown>> & { readonly condition: string };

/** One line of a selection, and whether it is meant to hold. */
type Line = { readonly key: string; readonly value: unknown; readonly holds: boolean };

/** Writes a rule's events and tree as a detection; throws a Refusal that names the place and what Sigma has no words for. */
export const detectionOf = (events: Events | undefined, tree: Condition, references: References): SigmaDetection => {
  const selections: Record<string, unknown> = { ...selectionsOfEvents(events ?? {}) };
  const names = Object.keys(selections);
  const ofEvents = names.length === 0 ? [] : [names.length === 1 ? (names[0] ?? '') : '1 of event_*'];
  const write = (selection: object): string => {
    const name = `selection_${Object.keys(selections).length + 1 - names.length}`;
    selections[name] = selection;
    return name;
  };
  const expressionOf = (condition: Condition): string => {
    if ('condition' in condition) return expressionOf(sharedConditionOf(condition.condition, references));
    if ('not' in condition) return `not ${wrapped(condition.not)}`;
    if ('any' in condition) return condition.any.map(wrapped).join(' or ');
    if ('all' in condition) return conjunction(condition.all);
    const { key, value, holds } = lineOf(condition);
    return `${holds ? '' : 'not '}${write({ [key]: value })}`;
  };
  const wrapped = (condition: Condition): string => {
    const text = expressionOf(condition);
    return /^(?:not )?\S+$/.test(text) ? text : `(${text})`;
  };
  /** Leaves on different fields are lines of one selection. */
  const conjunction = (parts: readonly Condition[]): string => {
    const together: Record<string, unknown> = {};
    const apart: Condition[] = [];
    for (const part of parts) {
      const line = 'fact' in part ? lineOf(part) : undefined;
      if (line?.holds && !Object.hasOwn(together, line.key)) together[line.key] = line.value;
      else apart.push(part);
    }
    const first = Object.keys(together).length === 0 ? [] : [write(together)];
    return [...first, ...apart.map(wrapped)].join(' and ');
  };
  const condition = [...ofEvents, ofEvents.length === 0 ? expressionOf(tree) : wrapped(tree)].join(' and ');
  return { ...selections, condition };
};

const selectionsOfEvents = (events: Events): Readonly<Record<string, object>> => {
  const selections = Object.entries(events).flatMap(([eventSource, names]): object[] => {
    if (names === '*') return [{ eventSource }];
    const whole = names.filter((name) => !name.endsWith('*'));
    const begun = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
    return [
      ...(whole.length === 0 ? [] : [{ eventSource, eventName: oneOrMany(whole) }]),
      ...(begun.length === 0 ? [] : [{ eventSource, 'eventName|cased|startswith': oneOrMany(begun) }]),
    ];
  });
  return Object.fromEntries(selections.map((selection, index) => [`event_${index + 1}`, selection]));
};

const oneOrMany = <T>(values: readonly T[]): T | readonly T[] => (values.length === 1 ? (values[0] as T) : values);

const negated: Readonly<Record<string, string>> = { notEqual: 'equal', notIn: 'in', doesNotContain: 'contains' };
const numeric: Readonly<Record<string, string>> = {
  lessThan: 'lt',
  lessThanInclusive: 'lte',
  greaterThan: 'gt',
  greaterThanInclusive: 'gte',
};

const lineOf = (leaf: Leaf): Line => {
  const { fact, operator: written, value } = leaf;
  if (fact.includes('|')) throw new Refusal(`the field "${fact}": to Sigma "|" begins a modifier`);
  const operator = written.replace(/^(?:not:)+/, '');
  const times = (written.length - operator.length) / 'not:'.length + (Object.hasOwn(negated, operator) ? 1 : 0);
  const { modifiers, values } = valuesOf(negated[operator] ?? operator, value);
  return { key: [fact, ...modifiers].join('|'), value: values, holds: times % 2 === 0 };
};

type Values = { readonly modifiers: readonly string[]; readonly values: unknown };

const valuesOf = (operator: string, value: unknown): Values => {
  const refuse = (what: string): Refusal => new Refusal(`"${operator}" ${what}, for which Sigma has no word`);
  const ends: Readonly<Record<string, string>> = { prefix: 'startswith', suffix: 'endswith' };
  if (isFieldReference(value)) {
    const words: Readonly<Record<string, readonly string[]>> = {
      equal: ['fieldref', 'cased'],
      contains: ['fieldref', 'cased'],
      equalsIgnoreCase: ['fieldref'],
      prefix: ['fieldref', 'cased', 'startswith'],
      suffix: ['fieldref', 'cased', 'endswith'],
    };
    const modifiers = words[operator];
    if (modifiers === undefined) throw refuse('with another field');
    return { modifiers, values: value.fact };
  }
  if (isListReference(value)) {
    const words: Readonly<Record<string, readonly string[]>> = {
      in: ['expand', 'cased'],
      equalsIgnoreCase: ['expand'],
    };
    const modifiers = words[operator];
    if (modifiers === undefined) throw refuse('with a list of rules/lists');
    return { modifiers, values: `%${value.list.replaceAll('-', '_')}%` };
  }
  const each = [value].flat();
  const texts = each.map(String);
  if (Object.hasOwn(numeric, operator)) return { modifiers: [numeric[operator] ?? ''], values: value };
  switch (operator) {
    case 'equal':
    case 'in':
    case 'contains':
      return {
        modifiers: ['cased'],
        values: oneOrMany(each.map((one) => (typeof one === 'string' ? escapeSigmaText(one) : one))),
      };
    case 'prefix':
    case 'suffix':
      return { modifiers: ['cased', ends[operator] ?? ''], values: oneOrMany(texts.map(escapeSigmaText)) };
    case 'equalsIgnoreCase': {
      const typed = texts.find((text) => typedValueOf(text).length > 0);
      if (typed !== undefined) throw refuse(`"${typed}" as text alone`);
      // What reads the same in any case stays a text without its modifier, too.
      return { modifiers: texts.every(hasNoCase) ? ['cased'] : [], values: oneOrMany(texts.map(escapeSigmaText)) };
    }
    case 'wildcard':
      if (texts.includes('*')) return { modifiers: ['re'], values: '^' };
      return { modifiers: ['cased'], values: oneOrMany(texts.map(wildcardAsSigma)) };
    case 'cidr':
    case 'exists':
      return { modifiers: [operator], values: value };
    case 'regex': {
      const [flagged = '', flags = ''] = /^\(\?([ims]+)\)/.exec(texts[0] ?? '') ?? [];
      return { modifiers: ['re', ...flags], values: (texts[0] ?? '').slice(flagged.length) };
    }
    default:
      throw refuse(operator.includes(':') ? 'is decorated' : 'is an operator of ours');
  }
};

const wildcardAsSigma = (pattern: string): string =>
  pattern
    .split(/(?<!\\)\*/)
    .map((piece) => escapeSigmaText(piece.replaceAll('\\*', '*')))
    .join('*');
