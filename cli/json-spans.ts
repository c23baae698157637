/** Where an object or list begins and ends in a text. */
export type Span = { readonly start: number; readonly end: number };

/** The objects and lists that stand side by side from an offset on, as far as they are complete; what is in them is not checked. */
export function* spansOf(text: string, offset = 0): Generator<Span> {
  const mark = /["[\]{}]/g;
  mark.lastIndex = offset;
  let start = offset;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') {
      const end = endOfString(text, found.index);
      if (end < 0) return;
      mark.lastIndex = end + 1;
    } else if (found[0] === '{' || found[0] === '[') {
      if (depth === 0) start = found.index;
      depth += 1;
    } else {
      depth -= 1;
      if (depth < 0) return;
      if (depth === 0) yield { start, end: found.index + 1 };
    }
  }
}

/** Where the string ends that begins at a quote, or -1. A regular expression would need a stack as long as the string. */
const endOfString = (text: string, from: number): number => {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
};

/**
 * The values of a text that has several in a row with nothing but blanks between them, as `zcat` of log files gives it:
 * they end without a newline. `undefined` for other texts.
 */
export const valuesInARow = (text: string): { readonly spans: readonly Span[]; readonly end: number } | undefined => {
  const spans: Span[] = [];
  let end = 0;
  for (const span of spansOf(text)) {
    if (text.slice(end, span.start).trim() !== '') break;
    spans.push(span);
    end = span.end;
  }
  const goesOn = spans.length > 1 || /^\s*[{[]/.test(text.slice(end));
  return spans.length > 0 && goesOn ? { spans, end } : undefined;
};
