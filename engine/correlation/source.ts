import type { CloudTrailRecord } from '../record.ts';
import type { Correlation } from './correlation.ts';
import { type KeyField, parseKeyField, readKeyField } from './key-field.ts';

/** The field that a name in `groupBy` or `field` stands for in the records of a rule; `undefined` where its alias has none. */
export const fieldFor = (name: string, ruleId: string, { aliases }: Correlation): string | undefined =>
  Object.hasOwn(aliases, name) ? aliases[name]?.[ruleId] : name;

/** The name of the field whose values a correlation counts, where it counts any. */
export const countedField = (correlation: Correlation): string | undefined =>
  'field' in correlation ? correlation.field : undefined;

/** What a match adds to: groups, and the values to count in each (one empty value where none are counted). */
export type Keys = { readonly groups: readonly (readonly string[])[]; readonly values: readonly string[] };

/** A list in `groupBy` puts a match into a group for each of its values, the first so many: a request may list a thousand. */
const maxGroups = 50;
/** More values of one record are not needed to meet any condition. */
const maxValues = 200;

const uncounted = [''];

/** Reads the keys of a rule's matches from their records; where a field is missing there is no group. */
export const keysOfRecords = (correlation: Correlation, ruleId: string): ((record: CloudTrailRecord) => Keys) => {
  const parse = (name: string): KeyField => {
    const text = fieldFor(name, ruleId, correlation);
    return text === undefined ? [] : parseKeyField(text);
  };
  const groupFields = correlation.groupBy.map(parse);
  const counted = countedField(correlation);
  const valueField = counted === undefined ? undefined : parse(counted);
  return (record) => {
    let groups: readonly (readonly string[])[] = [[]];
    for (const field of groupFields) {
      const values = readKeyField(record, field);
      groups = groups.flatMap((group) => values.map((value) => [...group, value])).slice(0, maxGroups);
    }
    const values = valueField === undefined ? uncounted : readKeyField(record, valueField).slice(0, maxValues);
    return { groups, values };
  };
};

/** Takes the keys of another correlation's findings from the group that they share. */
export const keysOfFindings = (
  correlation: Correlation,
  ruleId: string,
  source: Correlation,
): ((group: readonly string[]) => Keys) => {
  const indexOf = (name: string): number => source.groupBy.indexOf(fieldFor(name, ruleId, correlation) ?? '');
  const indexes = correlation.groupBy.map(indexOf);
  const counted = countedField(correlation);
  const valueIndex = counted === undefined ? undefined : indexOf(counted);
  const at = (group: readonly string[], index: number): readonly string[] => {
    const value = group[index];
    return value === undefined ? [] : [value];
  };
  return (group) => {
    const own = indexes.flatMap((index) => at(group, index));
    return {
      groups: own.length === indexes.length ? [own] : [],
      values: valueIndex === undefined ? uncounted : at(group, valueIndex),
    };
  };
};
