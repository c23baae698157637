import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of our own for files that are only measured; whoever asks for it removes it. */
export const makeTemporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'trailwire-bench-'));
