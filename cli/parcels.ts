import type { Found } from './find-log-files.ts';
import type { Unreadable } from './input.ts';
import { stdin } from './input.ts';
import { maxFileBytes } from './read-whole-file.ts';

/** What is scanned at a time: a file, or so many small ones that handing them to a thread costs little beside them. */
export type Parcel =
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly isLarge: boolean }
  /** Only the main thread has it. */
  | { readonly kind: 'stdin'; readonly paths: readonly string[] }
  | Unreadable;

/** CloudTrail packs ten to one: about as much work as a blink. */
const parcelBytes = 512 * 1024;
const parcelFiles = 256;

/** Wraps up files in their order. */
export function* parcelsOf(files: Iterable<Found>): Generator<Parcel> {
  let paths: string[] = [];
  let bytes = 0;
  function* wrapUp(): Generator<Parcel> {
    if (paths.length > 0) yield { kind: 'files', paths, isLarge: bytes > maxFileBytes };
    paths = [];
    bytes = 0;
  }
  for (const found of files) {
    const isApart = found.kind === 'unreadable' || found.path === stdin;
    if (isApart || bytes + found.bytes > parcelBytes || paths.length >= parcelFiles) yield* wrapUp();
    if (found.kind === 'unreadable') yield found;
    else if (found.path === stdin) yield { kind: 'stdin', paths: [stdin] };
    else {
      paths.push(found.path);
      bytes += found.bytes;
    }
  }
  yield* wrapUp();
}
