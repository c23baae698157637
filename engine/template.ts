import { parseFieldPath, readField } from './field.ts';

const place = /\{([^{}\s]+)\}/g;
const maxValueLength = 200;
const maxValues = 5;

/** The places a message or runbook has, each with its field paths: `{a}` has one, `{a|b}` takes the first that is there. */
export const placesOf = (template: string): readonly (readonly string[])[] =>
  [...template.matchAll(place)].map(([, paths = '']) => paths.split('|'));

/** Where a numbered step of a runbook begins: `1. Ask them. 2. Close it.` has two. */
const stepBegins = / (?=\d{1,2}\. \p{Lu})/gu;

/** The steps of a runbook, each on a line of its own. */
export const stepsOf = (template: string): readonly string[] => template.replace(stepBegins, '\n').split('\n');

/**
 * Fills `{field}` and `{field|other.field}` places from a record, and puts every numbered step on a line of its own. What
 * attackers wrote comes in as one line, cut to 200 characters a value and five values a list, and after the steps are told
 * apart, so that it cannot add one; escaping for Slack, terminal or mail is the business of whoever shows it.
 */
export const renderTemplate = (template: string, record: unknown): string =>
  stepsOf(template)
    .join('\n')
    .replace(place, (_, paths: string) => {
      const values = paths.split('|').map((path) => readField(record, parseFieldPath(path)));
      return renderValue(values.find((value) => value !== undefined));
    });

/** One value, or a short list of them, as a single line. */
export const renderValue = (value: unknown): string => {
  if (value === undefined || value === null) return '(none)';
  if (!Array.isArray(value)) return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  const shown = value.slice(0, maxValues).map(renderValue).join(', ');
  return value.length > maxValues ? `${shown} and ${value.length - maxValues} more` : shown;
};

/**
 * Takes control and invisible direction characters out (they forge lines and reverse text) and cuts to a length. Halves of
 * characters, written so or cut so, are replaced: a request that carries one cannot be encoded, and the alert would be lost.
 */
export const oneLine = (text: string, maxLength = maxValueLength): string => {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return (clean.length > maxLength ? `${clean.slice(0, maxLength - 3)}...` : clean).toWellFormed();
};
