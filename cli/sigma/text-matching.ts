import { compilePattern } from '../../engine/operators.ts';

/** A text in which an RE2 expression finds a match, for the likes of those in rules; `undefined` where none is found. */
export const textMatching = (pattern: string): string | undefined => {
  const text = alternatives(pattern.replaceAll(/\(\?[imsU]+\)/g, ''), 0).text;
  return compilePattern(pattern).test(text) ? text : undefined;
};

type Read = { readonly text: string; readonly next: number };

/** The first alternative, as far as the closing bracket or the end. */
const alternatives = (pattern: string, start: number): Read => {
  const first = sequence(pattern, start);
  let { next } = first;
  while (pattern[next] === '|') next = sequence(pattern, next + 1).next;
  return { text: first.text, next };
};

const sequence = (pattern: string, start: number): Read => {
  let text = '';
  let next = start;
  while (next < pattern.length && pattern[next] !== '|' && pattern[next] !== ')') {
    const atom = atomAt(pattern, next);
    const times = repetitionAt(pattern, atom.next);
    text += atom.text.repeat(times.least);
    next = times.next;
  }
  return { text, next };
};

const classes: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };
const edges = new Set(['b', 'B', 'A', 'z']);

const atomAt = (pattern: string, at: number): Read => {
  const character = pattern[at] ?? '';
  const escaped = pattern[at + 1] ?? '';
  if (character === '(') {
    const inner = alternatives(pattern, at + (/^\(\?(?:[imsU-]*:|P?<\w+>)/.exec(pattern.slice(at))?.[0].length ?? 1));
    return { text: inner.text, next: inner.next + 1 };
  }
  if (character === '[') {
    const end = pattern.indexOf(']', at + 2);
    return { text: characterOf(pattern.slice(at + 1, end)), next: end < 0 ? pattern.length : end + 1 };
  }
  if (character === '\\') return { text: edges.has(escaped) ? '' : (classes[escaped] ?? escaped), next: at + 2 };
  return { text: character === '^' || character === '$' ? '' : character === '.' ? 'x' : character, next: at + 1 };
};

const characterOf = (inside: string): string => {
  if (inside.startsWith('^')) return ['x', '0', '-', ' '].find((each) => !inside.includes(each)) ?? 'x';
  return inside.startsWith('\\') ? (classes[inside[1] ?? ''] ?? inside[1] ?? '') : (inside[0] ?? '');
};

const repetitionAt = (pattern: string, at: number): { readonly least: number; readonly next: number } => {
  const [written = '', sign, least] = /^(?:([*+?])|\{(\d+)(?:,\d*)?\})\??/.exec(pattern.slice(at)) ?? [];
  if (written === '') return { least: 1, next: at };
  const times = least === undefined ? (sign === '+' ? 1 : 0) : Math.min(Number(least), 100);
  return { least: times, next: at + written.length };
};
