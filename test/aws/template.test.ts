import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageInto } from '../packaged-stack.ts';
import { isOnPath } from './moto.ts';

const logs = {
  logBucket: 'my-trail',
  logTopic: 'arn:aws:sns:us-east-1:444455556666:my-trail',
  logBucketAccount: '444455556666',
  logBucketKey: 'arn:aws:kms:us-east-1:444455556666:key/00000000-0000-4000-8000-000000000001',
  logGroup: 'my-trail',
};

describe.runIf(isOnPath('cfn-lint', 'pip install cfn-lint')).each([
  ['as it comes', {}],
  ['with logs', logs],
])('the templates %s', (_, parameters) => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-template-'));
  beforeAll(() => packageInto(folder, parameters), 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const templates = {
    'the stack': join('package', 'cloudformation-template-update-stack.json'),
    'member accounts and other regions, which forward': 'member.json',
    'member accounts that are acted in': 'member-response.json',
  };
  it.each(Object.entries(templates))(
    'for %s have nothing that cfn-lint objects to, ARNs that do not fit their action included',
    (_, file) => {
      const said = execFileSync('cfn-lint', ['-c', 'I3510', '--format', 'parseable', '-t', join(folder, file)], {
        encoding: 'utf8',
      });
      expect(said).toBe('');
    },
    60_000,
  );
});
