/** Signs that RE2 gives a meaning to. Alternatives, groups, counts, options and inner anchors are not looked into. */
const special = /[|(){}[\]\\^$?*+]/;
const classOfCharacters = /^\[\^?\]?(?:\\.|[^\]\\[])*\]/s;
const escapedClass = /^\\[dDwWsS]/;
const escapedSign = /^\\[!-/:-@[-`{-~]/;
const repeat = /^[?*+]+/;

/**
 * The texts that a match of an RE2 expression must hold, in order, with anything between them: `^\[?[a-z.]+\.com$` gives
 * `['', '.com']`. The first is the beginning and the last the end of the whole text. Every text that the expression matches is of
 * this form; for an expression that is not of the simplest kind, that is any text: `['', '']`.
 */
export const wildcardOfRegex = (expression: string): readonly string[] => {
  const pieces: string[] = [''];
  let rest = expression;
  if (rest.startsWith('^')) rest = rest.slice(1);
  else pieces.push('');
  while (rest !== '' && rest !== '$') {
    const atom = readAtom(rest);
    if (atom === undefined) return ['', ''];
    const [repeated = ''] = repeat.exec(rest.slice(atom.length)) ?? [];
    rest = rest.slice(atom.length + repeated.length);
    if (repeated !== '' || atom.text === undefined) pieces.push('');
    else pieces.push(`${pieces.pop() ?? ''}${atom.text}`);
  }
  if (rest !== '$') pieces.push('');
  return pieces.filter((piece, index) => piece !== '' || index === 0 || index === pieces.length - 1);
};

/** The next part of an expression: its length, and the text it stands for where it stands for one. */
const readAtom = (rest: string): { readonly length: number; readonly text?: string } | undefined => {
  const [many] = classOfCharacters.exec(rest) ?? escapedClass.exec(rest) ?? [];
  if (many !== undefined) return { length: many.length };
  const [sign] = escapedSign.exec(rest) ?? [];
  if (sign !== undefined) return { length: sign.length, text: sign.slice(1) };
  const [character = ''] = rest;
  if (character === '.') return { length: 1 };
  return special.test(character) ? undefined : { length: character.length, text: character };
};
