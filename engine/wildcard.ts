/** What stands between the stars of a wildcard, in which `\*` is a star itself. */
export const wildcardPieces = (pattern: string): readonly string[] =>
  pattern.split(/(?<!\\)\*/).map((piece) => piece.replaceAll('\\*', '*'));

/** Matches texts with any run of characters between them, in one pass: pieces are found left to right, never retried. */
export const piecesTest = ([first = '', ...rest]: readonly string[]): ((text: string) => boolean) => {
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
};

/** Matches `*` as any run of characters, `\*` as a star, in linear time. */
export const wildcardTest = (pattern: string): ((text: string) => boolean) => piecesTest(wildcardPieces(pattern));
