import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { readText } from '../engine/field.ts';
import { parseJsonText } from '../engine/json-text.ts';
import { kindOf } from '../engine/rule-files.ts';
import type { EventCatalog } from '../engine/rule-lint.ts';
import { createEventCatalog } from './event-catalog.ts';
import type { Io } from './io.ts';
import { exampleRecordOf, ruleOf, testOf } from './rule-template.ts';

export type NewOptions = { readonly rules: string; readonly event: string };

/** `trailwire new <id> --event <source>/<name>`: a rule, its test and a fixture that pass `check` and `test` as they are. */
export const newRule = (id: string, { rules, event }: NewOptions, io: Io): number => {
  const [service = ''] = id.split('-');
  const rulePath = `${service}/${id}.json`;
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(id) || kindOf(rulePath) !== 'rule') {
    throw new ConfigError('CONFIG_INVALID', `"${id}": expected <service>-<what-happened>, such as iam-user-created`);
  }
  const [source, name] = parseEvent(event);
  const fixture = fixtureFor(id, service, source, name, rules);
  const files = {
    [rulePath]: ruleOf(id, source, name, (path) => existsSync(join(rules, path))),
    [`${service}/${id}.test.json`]: testOf(fixture.name, (path) => existsSync(join(rules, path))),
    ...(fixture.exists ? {} : { [`fixtures/${fixture.name}.json`]: exampleRecordOf(source, name) }),
  };
  for (const path of Object.keys(files)) {
    const full = join(rules, path);
    if (existsSync(full)) throw new ConfigError('CONFIG_INVALID', `${full} is there already`);
  }
  for (const [path, content] of Object.entries(files)) {
    const full = join(rules, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `${JSON.stringify(content, null, 2)}\n`);
    io.out(full);
  }
  const where = rules === 'rules' ? '' : ` --rules ${rules}`;
  io.err(`Next: edit the conditions, then run trailwire test ${id}${where} and trailwire check${where}.`);
  io.err('The rule is "experimental": it reports findings and alerts nobody until its status is "stable".');
  return 0;
};

const parseEvent = (event: string): readonly [source: string, name: string] => {
  const [source = '', name = '', ...more] = event.split('/');
  const catalog = createEventCatalog();
  const isWhole = /^\w+$/.test(name) && more.length === 0;
  if (isWhole && catalog.knowsSource(source) && catalog.knowsEvent(source, name)) return [source, name];
  const nearSource = catalog.knowsSource(source) ? source : catalog.closestSource(source);
  const nearName = nearSource === undefined ? undefined : nameNear(nearSource, isWhole ? name : '', catalog);
  const near = nearName === undefined ? nearSource : `${nearSource}/${nearName}`;
  const meant = near === undefined || near === source ? '' : `; did you mean "${near}"?`;
  throw new ConfigError(
    'CONFIG_INVALID',
    `"${event}" is no event of AWS, expected <source>/<name> such as iam.amazonaws.com/CreateUser${meant}`,
  );
};

const nameNear = (source: string, name: string, catalog: EventCatalog): string | undefined =>
  name !== '' && catalog.knowsEvent(source, name) ? name : catalog.closestEvent(source, name);

/** The fixture of the event where there is one that the template's cases pass with, or else one to write for this rule. */
const fixtureFor = (id: string, service: string, source: string, name: string, rules: string) => {
  const words = name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
  const usual = `${service}/${words}`;
  const path = join(rules, `fixtures/${usual}.json`);
  if (!existsSync(path)) return { name: usual, exists: false };
  const record = parseJsonText(readFileSync(path, 'utf8'));
  const isUsable =
    readText(record, 'eventSource') === source &&
    readText(record, 'eventName') === name &&
    readText(record, 'userIdentity.arn') !== undefined &&
    readText(record, 'errorCode') === undefined &&
    readText(record, 'errorMessage') === undefined;
  return isUsable ? { name: usual, exists: true } : { name: `${service}/${id}`, exists: false };
};
