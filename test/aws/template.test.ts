import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageInto } from '../packaged-stack.ts';
import { isOnPath } from './moto.ts';
import { sharedBuild } from './shared-build.ts';

const logs = {
  logBucket: 'my-trail',
  logTopic: 'arn:aws:sns:us-east-1:444455556666:my-trail',
  logBucketAccount: '444455556666',
  logBucketKey: 'arn:aws:kms:us-east-1:444455556666:key/00000000-0000-4000-8000-000000000001',
  logGroup: 'my-trail',
};

describe.runIf(isOnPath('cfn-lint', 'pip install cfn-lint'))('the templates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-template-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let build: string;
  beforeAll(async () => {
    build = await sharedBuild();
  }, 120_000);

  /** What cfn-lint objects to. */
  const lint = (file: string): string =>
    execFileSync('cfn-lint', ['-c', 'I3510', '--format', 'parseable', '-t', file], { encoding: 'utf8' });

  it.each([
    ['as it comes', {}],
    ['with logs', logs],
  ])(
    'for the stack %s have nothing that cfn-lint objects to, ARNs that do not fit their action included',
    async (name, parameters) => {
      const own = join(folder, name);
      await packageInto(own, build, parameters);
      expect(lint(join(own, 'package', 'cloudformation-template-update-stack.json'))).toBe('');
    },
    120_000,
  );

  it.each([
    ['member accounts and other regions, which forward', 'member.json'],
    ['member accounts that are acted in', 'member-response.json'],
  ])('for %s have nothing that cfn-lint objects to', (_, file) => {
    expect(lint(join(build, file))).toBe('');
  });
});
