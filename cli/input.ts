import { EventError } from '../engine/errors.ts';

/** The path that means standard input. */
export const stdin = '-';

/** A JSON value with the place it stood in, or what could not be read there. */
export type Input = { readonly kind: 'value'; readonly place: string; readonly value: unknown } | Unreadable;

export type Unreadable = { readonly kind: 'unreadable'; readonly place: string; readonly error: EventError };

/** Names what cannot be read, so that the rest can go on. */
export const unreadable = (place: string, code: EventError['code'], message: string, cause?: unknown): Unreadable => ({
  kind: 'unreadable',
  place,
  error: new EventError(code, message, { cause }),
});
