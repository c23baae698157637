const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value as one line of JSON in which nothing acts on a terminal: `cat` is how people look at such files. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(invisible, escapeUnits);

const escapeUnits = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
