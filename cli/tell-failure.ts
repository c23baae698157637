import { inspect } from 'node:util';
import { TrailwireError } from '../engine/errors.ts';
import type { Io } from './io.ts';

/** Tells why a command did not run, and gives its exit code. What nobody foresaw shows where it happened. */
export const tellFailure = (error: unknown, io: Io): number => {
  io.err(`trailwire: ${error instanceof TrailwireError ? error.message : inspect(error)}`);
  return 2;
};
