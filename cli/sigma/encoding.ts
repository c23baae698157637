import { Refusal } from './refusal.ts';
import { plainTextOf, type SigmaText } from './sigma-text.ts';

/** Texts as bytes of UTF-16: only of use inside Base64, since a record is text. */
export const wideEncodings: Readonly<Record<string, (text: string) => Buffer>> = {
  utf16le: (text) => Buffer.from(text, 'utf16le'),
  wide: (text) => Buffer.from(text, 'utf16le'),
  utf16be: (text) => Buffer.from(text, 'utf16le').swap16(),
  utf16: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
};

/** Base64 of a text that may stand alone, or at any of three offsets in a longer one, without what its neighbours change. */
export const base64Encodings: Readonly<Record<string, (bytes: Buffer) => readonly string[]>> = {
  base64: (bytes) => [bytes.toString('base64')],
  base64offset: (bytes) =>
    [0, 1, 2].map((offset) => {
      const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
      const first = [0, 2, 3][offset];
      const last = encoded.length - ([0, 3, 2][(bytes.length + offset) % 3] ?? 0);
      return encoded.slice(first, last);
    }),
};

/** Encodes a text by the modifiers that are named, in their order; throws a Refusal where they make no text. */
export const encodeText = (text: SigmaText, modifiers: readonly string[]): readonly SigmaText[] => {
  if (modifiers.length === 0) return [text];
  const plain = plainTextOf(text);
  if (plain === undefined) throw new Refusal('a text with wildcards cannot be encoded');
  const [first = '', second, ...more] = modifiers;
  const wide = wideEncodings[first];
  const base64 = base64Encodings[(wide === undefined ? first : second) ?? ''];
  if (base64 === undefined) throw new Refusal(`"${first}" without Base64 behind it: records hold no such bytes`);
  if (more.length > 0 || (wide === undefined && second !== undefined)) throw new Refusal('is encoded more than once');
  return base64(wide === undefined ? Buffer.from(plain) : wide(plain)).map((encoded) => [{ plain: encoded }]);
};
