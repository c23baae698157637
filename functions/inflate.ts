import { gunzipSync } from 'node:zlib';
import type { Inflate } from '../engine/delivery.ts';

/** Largest CloudWatch Logs payload taken apart: a gzip bomb must not take the function's memory. */
const maxInflatedBytes = 64 * 1024 * 1024;

/** Takes `awslogs.data` of a CloudWatch Logs subscription apart, up to 64 MiB. */
export const inflate: Inflate = (base64) =>
  JSON.parse(gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: maxInflatedBytes }).toString('utf8'));
