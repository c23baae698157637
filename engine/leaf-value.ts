import { messageOf } from './errors.ts';
import { compilePattern, type ParsedOperator, parseAddressRange } from './operators.ts';
import { isJsonObject } from './record.ts';

/** Lower-case words joined by hyphens: ids of rules, names of lists and shared conditions. */
export const nameForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** A path into a record; it steps through lists, so it has no indexes. */
export const fieldPathForm = /^[^.\s[\]{}]+(?:\.[^.\s[\]{}]+)*$/;

const holdsOnly = (value: unknown, key: string, form: RegExp): boolean =>
  isJsonObject(value) && Object.keys(value).length === 1 && typeof value[key] === 'string' && form.test(value[key]);

/** `{"fact": "other.field"}`: compares two fields of the record. */
export const isFieldReference = (value: unknown): value is { readonly fact: string } =>
  holdsOnly(value, 'fact', fieldPathForm);

/** `{"list": "name"}`: a list of `rules/lists/`. */
export const isListReference = (value: unknown): value is { readonly list: string } =>
  holdsOnly(value, 'list', nameForm);

/** Something wrong inside a file, by its path there. */
export type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

const expectations: Record<ParsedOperator['value'], string> = {
  scalar: 'text, a number, true or false',
  scalars: 'a list of texts, numbers, true or false',
  number: 'a number',
  text: 'a text or a list of texts',
  address: 'an IP address or range, or a list of them',
  pattern: 'a regular expression (RE2) as text',
  boolean: 'true or false',
  condition: 'a condition: {"all": [...]}, {"any": [...]} or {"not": ...}',
};

const isText = (value: unknown): boolean => typeof value === 'string';
const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
const isFilledList = (value: unknown, holds: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(holds);

/** What is wrong with the value beside an operator; conditions inside `anyItem` are the caller's to check. */
export const issuesOfValue = (
  value: unknown,
  operator: ParsedOperator,
  path: readonly PropertyKey[],
): readonly Issue[] => {
  if (isFieldReference(value)) {
    if (operator.comparesFields) return [];
    return [{ path, message: `"${operator.name}" takes a constant; attackers must not write patterns` }];
  }
  if (isListReference(value)) {
    if (operator.valueIsList || ['scalars', 'text', 'address'].includes(operator.value)) return [];
    return [{ path, message: `"${operator.name}" takes ${expectations[operator.value]}, not a list` }];
  }
  if (!operator.valueIsList) return issuesOfConstant(value, operator, path);
  if (!isFilledList(value, () => true)) return [{ path, message: 'expected a list that is not empty' }];
  return (value as readonly unknown[]).flatMap((item, index) => issuesOfConstant(item, operator, [...path, index]));
};

const issuesOfConstant = (value: unknown, operator: ParsedOperator, path: readonly PropertyKey[]): readonly Issue[] => {
  if (!hasForm(value, operator.value)) {
    const message = `"${operator.name}" takes ${expectations[operator.value]}, found ${describe(value)}`;
    return [{ path, message }];
  }
  if (operator.value === 'address') return issuesOfTexts(value, parseAddressRange, path);
  if (operator.value === 'pattern') return issuesOfTexts(value, compilePattern, path);
  if (operator.name === 'wildcard') return issuesOfTexts(value, parseWildcard, path);
  return [];
};

const hasForm = (value: unknown, kind: ParsedOperator['value']): boolean => {
  switch (kind) {
    case 'scalar':
      return isScalar(value);
    case 'scalars':
      return isFilledList(value, isScalar);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'pattern':
      return isText(value);
    case 'text':
    case 'address':
      return isText(value) || isFilledList(value, isText);
    case 'condition':
      return typeof value === 'object' && value !== null;
  }
};

const issuesOfTexts = (
  value: unknown,
  parse: (text: string) => unknown,
  path: readonly PropertyKey[],
): readonly Issue[] =>
  [value].flat().flatMap((text): readonly Issue[] => {
    try {
      parse(text as string);
      return [];
    } catch (error) {
      return [{ path, message: messageOf(error) }];
    }
  });

const parseWildcard = (pattern: string): void => {
  if (/(?<!\\)\*\*/.test(pattern)) throw new TypeError(`"${pattern}" has two stars in a row; write one`);
};

const describe = (value: unknown): string => {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};
