#!/usr/bin/env node
import { keepCompiled } from './compile-cache.mjs';

keepCompiled();
// Only what is imported after it is kept.
await import('./program.ts');
