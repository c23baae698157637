import type { Found, LogFile } from './find-log-files.ts';
import type { Unreadable } from './input.ts';
import { stdin } from './input.ts';
import { maxFileBytes } from './read-whole-file.ts';

/** What is scanned at a time: a file, or so many small ones that handing them to a thread costs little beside them. */
export type Parcel =
  | { readonly kind: 'files'; readonly files: readonly LogFile[]; readonly isLarge: boolean }
  /** Only the main thread has it. */
  | { readonly kind: 'stdin'; readonly files: readonly LogFile[] }
  | Unreadable;

/** CloudTrail packs ten to one: about as much work as a blink. */
const parcelBytes = 512 * 1024;
const parcelFiles = 256;

/** Wraps up files in their order. */
export function* parcelsOf(files: Iterable<Found>): Generator<Parcel> {
  let wrapped: LogFile[] = [];
  let bytes = 0;
  function* wrapUp(): Generator<Parcel> {
    if (wrapped.length > 0) yield { kind: 'files', files: wrapped, isLarge: bytes > maxFileBytes };
    wrapped = [];
    bytes = 0;
  }
  for (const found of files) {
    const isApart = found.kind === 'unreadable' || found.path === stdin;
    if (isApart || bytes + found.bytes > parcelBytes || wrapped.length >= parcelFiles) yield* wrapUp();
    if (found.kind === 'unreadable') yield found;
    else if (found.path === stdin) yield { kind: 'stdin', files: [found] };
    else {
      wrapped.push(found);
      bytes += found.bytes;
    }
  }
  yield* wrapUp();
}
