#!/usr/bin/env node
import { keepCompiled } from './compile-cache.ts';

keepCompiled();
// Only what is imported after it is kept.
await import('./program.ts');
