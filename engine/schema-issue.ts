import type * as z from 'zod';

/** What a schema says of a value, for the author of the file: the path in it and what is expected there. */
export const renderIssue = (issue: z.core.$ZodIssue): { readonly path: string; readonly message: string } => ({
  path: renderPath(issue.path),
  message: explain(issue),
});

/** A path in a file as people read it: `controls["4.10"].servedBy.tags[0]`. */
export const renderPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = String(step);
    if (!/^[\w$-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');

const explain = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_key':
      return issue.issues.map(explain).join('; ');
    case 'invalid_union':
      // Without errors of its branches it is about the field that tells them apart.
      if (issue.errors.length === 0) return issue.message;
      return issue.errors.flatMap(([first]) => (first === undefined ? [] : [explain(first)])).join('; or ');
    default:
      return issue.message
        .replace(/^(?:Invalid input|Too small|Too big): /, '')
        .replace(/, received undefined$/, ', found nothing');
  }
};
