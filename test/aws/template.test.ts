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
])('the packaged template %s', (_, parameters) => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-template-'));
  beforeAll(() => packageInto(folder, parameters), 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has nothing that cfn-lint objects to, ARNs that do not fit their action included', () => {
    const template = join(folder, 'package', 'cloudformation-template-update-stack.json');
    const said = execFileSync('cfn-lint', ['-c', 'I3510', '--format', 'parseable', '-t', template], {
      encoding: 'utf8',
    });
    expect(said).toBe('');
  });

  it('has a template for member accounts that cfn-lint does not object to either', () => {
    const template = join(folder, 'member-response.json');
    const said = execFileSync('cfn-lint', ['-c', 'I3510', '--format', 'parseable', '-t', template], {
      encoding: 'utf8',
    });
    expect(said).toBe('');
  });
});
