import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack } from '../packaged-stack.ts';
import { isInstalled } from './moto.ts';
