import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../cli/check.ts';
import { newRule } from '../../cli/new.ts';
import { test } from '../../cli/test.ts';
import { exampleRecord } from '../example-records.ts';
import { rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const create = (id: string, event: string, rules: string) => {
  const { io, out, err } = createTerminal();
  const code = newRule(id, { rules, event }, io);
  return { code, out: out.map((path) => path.replace(`${rules}/`, '')), err };
};
const readJson = (...path: readonly string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** What `check` and `test` say of a folder; nothing where all is well. */
const complaintsOf = async (rules: string): Promise<readonly string[]> => {
  const terminal = createTerminal();
  const codes = [check({ rules }, terminal.io), await test([], { rules }, terminal.io)];
  const complaints = terminal.out.filter((line) => !line.startsWith('ok '));
  expect(codes).toEqual(complaints.length === 0 ? [0, 0] : expect.anything());
  return complaints;
};

describe('new', () => {
  it('writes a rule, its test and a fixture that pass check and test as they are', async () => {
    const rules = rulesFolder();
    const { code, out, err } = create('iam-user-created-by-hand', 'iam.amazonaws.com/CreateUser', rules);
    expect({ code, out }).toEqual({
      code: 0,
      out: [
        'iam/iam-user-created-by-hand.json',
        'iam/iam-user-created-by-hand.test.json',
        'fixtures/iam/create-user.json',
      ],
    });
    expect(err[0]).toContain(`trailwire test iam-user-created-by-hand --rules ${rules}`);
    expect(readJson(rules, 'iam/iam-user-created-by-hand.json')).toMatchObject({
      status: 'experimental',
      events: { 'iam.amazonaws.com': ['CreateUser'] },
      conditions: { all: [{ condition: 'succeeded' }] },
    });
    expect(await complaintsOf(rules)).toEqual([]);
  });

  it.each([
    ['kms-key-made', 'kms.amazonaws.com/CreateKey'],
    ['ec2-gateway-made', 'ec2.amazonaws.com/CreateNatGateway'],
    ['lambda-limit-set', 'lambda.amazonaws.com/PutFunctionConcurrency20171031'],
    ['signin-done', 'signin.amazonaws.com/ConsoleLogin'],
    ['rds-db-changed', 'rds.amazonaws.com/ModifyDBInstance'],
  ])('does so for %s', async (id, event) => {
    const rules = rulesFolder();
    create(id, event, rules);
    expect(await complaintsOf(rules)).toEqual([]);
  });

  it('does so in a folder that did not exist', async () => {
    const rules = join(temporaryFolder(), 'my/rules');
    create('iam-user-made', 'iam.amazonaws.com/CreateUser', rules);
    expect(await complaintsOf(rules)).toEqual([]);
    expect(readJson(rules, 'iam/iam-user-made.json')).not.toHaveProperty('$schema');
  });

  it('names the schema where there is one, so that editors complete', () => {
    const rules = rulesFolder({ 'rule.schema.json': '{}', 'rule-test.schema.json': '{}' });
    create('iam-user-made', 'iam.amazonaws.com/CreateUser', rules);
    expect(readJson(rules, 'iam/iam-user-made.json').$schema).toBe('../rule.schema.json');
    expect(readJson(rules, 'iam/iam-user-made.test.json').$schema).toBe('../rule-test.schema.json');
  });

  it('uses the fixture that is there', async () => {
    const rules = rulesFolder();
    const { out } = create('cloudtrail-trail-stopped-again', 'cloudtrail.amazonaws.com/StopLogging', rules);
    expect(out).toHaveLength(2);
    expect(readJson(rules, 'cloudtrail/cloudtrail-trail-stopped-again.test.json').fixture).toBe(
      'cloudtrail/stop-logging',
    );
    expect(await complaintsOf(rules)).toEqual([]);
  });

  it.each([
    ['a call that failed', { errorCode: 'AccessDenied' }],
    ['another event', { eventName: 'ListUsers' }],
    ['a caller without ARN', { userIdentity: { type: 'AWSService', invokedBy: 'sso.amazonaws.com' } }],
  ])('writes its own fixture where the one that is there is of %s', async (_, fields) => {
    const other = exampleRecord({ eventName: 'CreateUser', ...fields });
    const rules = rulesFolder({ 'fixtures/iam/create-user.json': other });
    const { out } = create('iam-user-made', 'iam.amazonaws.com/CreateUser', rules);
    expect(out.at(-1)).toBe('fixtures/iam/iam-user-made.json');
    expect(readJson(rules, 'fixtures/iam/create-user.json')).toEqual(other);
    expect(await complaintsOf(rules)).toEqual([]);
  });

  it('never writes over a file, and then writes none', () => {
    const rules = rulesFolder();
    expect(() => create('cloudtrail-trail-halted', 'cloudtrail.amazonaws.com/StopLogging', rules)).toThrow(
      `${rules}/cloudtrail/cloudtrail-trail-halted.json is there already`,
    );
    const half = rulesFolder({ 'iam/iam-user-made.test.json': '{}' });
    expect(() => create('iam-user-made', 'iam.amazonaws.com/CreateUser', half)).toThrow('is there already');
    expect(existsSync(join(half, 'iam/iam-user-made.json'))).toBe(false);
  });

  it.each([
    ['iam.amazonaws.com/CreateUsr', '; did you mean "iam.amazonaws.com/CreateUser"?'],
    ['iam/CreateUser', '; did you mean "iam.amazonaws.com/CreateUser"?'],
    ['iam.amazonaws.com', 'expected <source>/<name>'],
    ['CreateUser', 'expected <source>/<name>'],
    ['iam.amazonaws.com/Create*', 'expected <source>/<name>'],
    ['iam.amazonaws.com/*', 'expected <source>/<name>'],
    ['iam.amazonaws.com/CreateUser/x', 'expected <source>/<name>'],
    ['signin.amazonaws.com/..', 'expected <source>/<name>'],
    ['', 'expected <source>/<name>'],
  ])('refuses the event %j, with a hint', (event, says) => {
    expect(() => create('iam-user-made', event, rulesFolder())).toThrow(`"${event}" is no event of AWS`);
    expect(() => create('iam-user-made', event, rulesFolder())).toThrow(says);
  });

  it.each(['user', 'Iam-user', 'iam_user', '../iam-user', 'iam/user-made', 'lists-of-users', 'fixtures-made', 'iam-'])(
    'refuses the id %j',
    (id) => {
      const rules = rulesFolder();
      expect(() => create(id, 'iam.amazonaws.com/CreateUser', rules)).toThrow(
        `"${id}": expected <service>-<what-happened>`,
      );
    },
  );
});
