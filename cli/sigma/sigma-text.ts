/** A text of a Sigma rule: plain pieces, `*` for any run of characters and `?` for one. */
export type SigmaText = readonly ({ readonly plain: string } | '*' | '?')[];

/** Reads Sigma's escapes: `\*` and `\?` are plain, `\\` is one backslash, and so is a single one before anything else. */
export const parseSigmaText = (text: string): SigmaText => {
  const pieces: ({ plain: string } | '*' | '?')[] = [];
  for (const [token, escaped] of text.matchAll(/\\([*?\\])|[\s\S]/g)) {
    const last = pieces.at(-1);
    if (escaped === undefined && (token === '*' || token === '?')) {
      if (token === '?' || last !== '*') pieces.push(token);
    } else if (typeof last === 'object') last.plain += escaped ?? token;
    else pieces.push({ plain: escaped ?? token });
  }
  return pieces;
};

/** Writes a plain text so that Sigma reads it as it is. */
export const escapeSigmaText = (text: string): string =>
  text.replaceAll(/\\(?=[*?\\]|$)/g, '\\\\').replaceAll(/[*?]/g, '\\$&');

/** The text itself, where it has no wildcard. */
export const plainTextOf = (text: SigmaText): string | undefined => {
  if (text.length === 0) return '';
  const [first, ...more] = text;
  return typeof first === 'object' && more.length === 0 ? first.plain : undefined;
};

/** Whether a text reads the same in any case. */
export const hasNoCase = (text: string): boolean => text.toLowerCase() === text.toUpperCase();

/** Writes a plain text for use inside an RE2 expression. */
export const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The RE2 expression, without flags, that a whole text matches when it matches the Sigma text. */
const patternOf = (text: SigmaText): string => {
  const isOpen = (end: 0 | -1): boolean => text.at(end) === '*';
  const inner = text.slice(isOpen(0) ? 1 : 0, isOpen(-1) ? -1 : undefined);
  const written = inner.map((piece) => (piece === '*' ? '.*' : piece === '?' ? '.' : escapePattern(piece.plain)));
  return `${isOpen(0) ? '' : '^'}${written.join('')}${isOpen(-1) ? '' : '$'}`;
};

/** One RE2 expression for several Sigma texts with wildcards. */
export const expressionOf = (texts: readonly SigmaText[], isCased: boolean): string => {
  const patterns = texts.map(patternOf);
  const pieces = texts.flat();
  const ignoresCase = !isCased && pieces.some((piece) => typeof piece === 'object' && !hasNoCase(piece.plain));
  const crossesLines = texts.some((text) => text.slice(1, -1).includes('*') || text.includes('?'));
  const flags = `${ignoresCase ? 'i' : ''}${crossesLines ? 's' : ''}`;
  return `${flags === '' ? '' : `(?${flags})`}${patterns.length === 1 ? patterns[0] : `(?:${patterns.join('|')})`}`;
};

/** The text as our `wildcard` operator writes it; `undefined` where it cannot: it has no `?` and no escaped backslash. */
export const wildcardOf = (text: SigmaText): string | undefined =>
  text.some((piece) => piece === '?' || (typeof piece === 'object' && piece.plain.includes('\\')))
    ? undefined
    : text.map((piece) => (typeof piece === 'object' ? piece.plain.replaceAll('*', '\\*') : piece)).join('');
