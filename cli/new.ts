import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { createEventCatalog } from './event-catalog.ts';
import type { Io } from './io.ts';

const ruleId = /^[a-z0-9]+(?:-[a-z0-9]+)+$/;

/** `trailwire new <id> --event <source>/<name>`: a rule, its test and a fixture that pass `check` and `test` as they are. */
export const newRule = (id: string, options: { readonly rules: string; readonly event: string }, io: Io): number => {
  const [source = '', name = ''] = options.event.split('/');
  const catalog = createEventCatalog();
  if (!ruleId.test(id))
    throw new ConfigError('CONFIG_INVALID', `"${id}": expected <service>-<what-happened> in lower case`);
  if (!catalog.knowsSource(source) || !catalog.knowsEvent(source, name)) {
    const near = catalog.knowsSource(source) ? catalog.closestEvent(source, name) : catalog.closestSource(source);
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    throw new ConfigError('CONFIG_INVALID', `"${options.event}" is no event of AWS, expected <source>/<name>${hint}`);
  }
  const service = id.split('-')[0] ?? '';
  const fixture = `${service}/${name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()}`;
  const files: Record<string, object> = {
    [`${service}/${id}.json`]: ruleOf(id, source, name),
    [`${service}/${id}.test.json`]: testOf(fixture),
    [`fixtures/${fixture}.json`]: recordOf(source, name),
  };
  for (const [path, content] of Object.entries(files)) {
    const full = join(options.rules, path);
    if (existsSync(full)) {
      if (path.startsWith('fixtures/')) continue;
      throw new ConfigError('CONFIG_INVALID', `${full} is there already`);
    }
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `${JSON.stringify(content, null, 2)}\n`);
    io.out(full);
  }
  io.err(`Next: edit the conditions, then run trailwire test ${id} and trailwire check`);
  return 0;
};

const ruleOf = (id: string, source: string, name: string) => ({
  $schema: '../rule.schema.json',
  id,
  severity: 'medium',
  status: 'experimental',
  events: { [source]: [name] },
  conditions: { all: [{ condition: 'succeeded' }] },
  message: `{userIdentity.arn} called ${name} in {awsRegion}`,
});

const testOf = (fixture: string) => ({
  $schema: '../rule-test.schema.json',
  fixture,
  cases: [
    { name: 'the call succeeds', matches: true },
    { name: 'the call is denied', with: { errorCode: 'AccessDenied' }, matches: false },
  ],
});

const recordOf = (eventSource: string, eventName: string) => ({
  eventVersion: '1.11',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: 'arn:aws:iam::111122223333:user/ann',
    accountId: '111122223333',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    userName: 'ann',
  },
  eventTime: '2026-01-15T10:00:00Z',
  eventSource,
  eventName,
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.10',
  userAgent: 'aws-cli/2.31.0',
  requestParameters: null,
  responseElements: null,
  requestID: '7b0c9b3e-5f5a-4c39-8d5e-0d6f2a1b7c11',
  eventID: 'f3b7a0de-1c64-4f2a-9a51-3a3c0b9e2d10',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '111122223333',
  eventCategory: 'Management',
});
