import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createEventCatalog } from '../../../cli/event-catalog.ts';
import { exportSigma } from '../../../cli/export-sigma.ts';
import { importSigma } from '../../../cli/import-sigma.ts';
import { createRequestCatalog } from '../../../cli/request-catalog.ts';
import { exportRule } from '../../../cli/sigma/export-rule.ts';
import { importSet } from '../../../cli/sigma/import-set.ts';
import type { Condition } from '../../../engine/condition.ts';
import type { CloudTrailRecord } from '../../../engine/record.ts';
import { type Rule, ruleSchema } from '../../../engine/rule.ts';
import { compileRules } from '../../../engine/rule-index.ts';
import { exampleRule, rulesFolder } from '../rules-folder.ts';
import { createTerminal, temporaryFolder } from '../terminal.ts';

const nothing = { conditions: new Map(), lists: new Map() };
const catalog = { ...createEventCatalog(), ...createRequestCatalog() };

const matchedBy = (rule: Rule): ((record: CloudTrailRecord) => boolean) => {
  const compiled = compileRules([rule], nothing);
  return (record) => {
    let matched = false;
    compiled.forEachCandidate(record, ({ matches }) => {
      matched ||= matches(record);
    });
    return matched;
  };
};

const thereAndBack = async (rule: Rule): Promise<Rule> => {
  const text = exportRule(rule, nothing, () => false)
    .map((document) => stringify(document))
    .join('---\n');
  const { files, documents } = await importSet([{ path: 'a.yml', text }], catalog);
  expect(documents.map(({ refusal }) => refusal)).toEqual([undefined]);
  const file = [...files].find(([path]) => /^sigma\/[a-z0-9-]+\.json$/.test(path))?.[1];
  return ruleSchema.parse(file);
};

const paths = ['userAgent', 'requestParameters.a', 'requestParameters.b.c', 'responseElements.list'];
const texts = [
  '',
  'a',
  'A',
  'ab',
  'aB',
  'a*b',
  'a?b',
  'a\\b',
  'a\\',
  '\\*',
  '*',
  '5',
  'true',
  '%x%',
  'a b',
  '192.0.2.7',
  'No',
  'null',
  '#x',
  "'",
  'é',
];
const values = fc.oneof(fc.constantFrom<unknown>(...texts), fc.constantFrom<unknown>(5, 6, 0.5, true, false));
const some = <T>(each: Arbitrary<T>): Arbitrary<T[]> => fc.array(each, { minLength: 1, maxLength: 3 });
const text = fc.constantFrom(...texts);
const uncasedText = fc.constantFrom(...texts.filter((each) => !['5', 'true'].includes(each)));
const pattern = fc.constantFrom('*', 'a*', '*b', 'a*b', '*a*', 'a\\*b', '\\*', 'A*\\*', '?*', 'a\\b*');
const constants: readonly (readonly [operator: string, Arbitrary<unknown>])[] = [
  ['equal', values],
  ['notEqual', values],
  ['in', some(values)],
  ['notIn', some(values)],
  ['contains', values],
  [
    'prefix',
    fc.oneof(
      text.filter((each) => each !== ''),
      some(text.filter((each) => each !== '')),
    ),
  ],
  ['suffix', text.filter((each) => each !== '')],
  ['not:prefix', fc.constantFrom('a', 'A')],
  ['equalsIgnoreCase', fc.oneof(uncasedText, some(uncasedText))],
  ['wildcard', fc.oneof(pattern, some(pattern))],
  ['cidr', fc.constantFrom<unknown>('192.0.2.0/24', ['192.0.2.0/24', '2001:db8::/32'])],
  ['exists', fc.boolean()],
  ['regex', fc.constantFrom('^a', '(?i)^A+$', '(?is)a.b', '\\*', 'a|b')],
  ['lessThan', fc.constantFrom(5, 6)],
  ['greaterThanInclusive', fc.constantFrom(5, 0.5)],
  ['equal', fc.constantFrom(...paths).map((fact) => ({ fact }))],
  ['equalsIgnoreCase', fc.constantFrom(...paths).map((fact) => ({ fact }))],
  ['suffix', fc.constantFrom(...paths).map((fact) => ({ fact }))],
];
const leaves: Arbitrary<Condition> = fc
  .tuple(fc.constantFrom(...paths), fc.constantFrom(...constants))
  .chain(([fact, [operator, value]]) => value.map((constant) => ({ fact, operator, value: constant })));
const treesOf = (depth: number): Arbitrary<Condition> => {
  const parts = depth === 0 ? leaves : fc.oneof(leaves, treesOf(depth - 1));
  return fc.oneof(
    some(parts).map((all): Condition => ({ all })),
    some(parts).map((any): Condition => ({ any })),
    parts.map((not): Condition => ({ not })),
  );
};
const events = fc.constantFrom<Rule['events']>(
  undefined,
  { 'iam.amazonaws.com': ['CreateUser'] },
  { 'iam.amazonaws.com': ['CreateUser', 'DeleteUser'], 's3.amazonaws.com': ['PutBucketPolicy'] },
  { 'iam.amazonaws.com': ['Create*', 'DeleteUser'] },
  { 'iam.amazonaws.com': '*', 'ec2.amazonaws.com': ['RunInstances'] },
);
const anything = fc.oneof(
  values,
  fc.constantFrom<unknown>(undefined, null, '192.0.2.9', 'AB', 'a\nb'),
  fc.array(values, { maxLength: 2 }),
);
const records = fc
  .record({
    userAgent: anything,
    requestParameters: fc.record({ a: anything, b: fc.record({ c: anything }) }),
    responseElements: fc.record({ list: anything }),
    eventID: fc.constant('e'),
  })
  .chain((record) =>
    fc
      .constantFrom(
        ['iam', 'CreateUser'],
        ['iam', 'CreateGroup'],
        ['iam', 'DeleteUser'],
        ['s3', 'PutBucketPolicy'],
        ['s3', 'CreateUser'],
        ['ec2', 'RunInstances'],
      )
      .map(
        ([source, eventName]): CloudTrailRecord => ({ ...record, eventSource: `${source}.amazonaws.com`, eventName }),
      ),
  );

describe('a rule that is exported to Sigma and imported again', () => {
  it('matches the same records', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        treesOf(2),
        fc.array(records, { minLength: 20, maxLength: 20 }),
        async (named, conditions, all) => {
          const rule = ruleSchema.parse({
            id: 'a-rule',
            ...(named === undefined ? {} : { events: named }),
            conditions,
          });
          const before = matchedBy(rule);
          const after = matchedBy(await thereAndBack(rule));
          for (const record of all) expect({ record, is: after(record) }).toEqual({ record, is: before(record) });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps what it says of itself, but for its status', async () => {
    const rule = ruleSchema.parse({
      ...exampleRule({ conditions: { all: [{ fact: 'errorCode', operator: 'exists', value: false }] } }),
      title: 'Trail halted',
      attack: ['T1685.002'],
      references: ['https://example.com/a'],
      falsePositives: ['Maintenance'],
    });
    const {
      title,
      severity,
      attack,
      references,
      falsePositives,
      status,
      events: named,
      conditions,
    } = await thereAndBack(rule);
    expect({ title, severity, attack, references, falsePositives, events: named, conditions }).toEqual({
      title: rule.title,
      severity: rule.severity,
      attack: rule.attack,
      references: rule.references,
      falsePositives: rule.falsePositives,
      events: rule.events,
      conditions: rule.conditions,
    });
    expect(status).toBe('experimental');
  });
});

const run = (
  names: readonly string[],
  files: Readonly<Record<string, object>>,
  options: { all?: boolean; out?: string } = {},
) => {
  const { io, out, err } = createTerminal();
  const code = exportSigma(names, { rules: rulesFolder(files), all: false, ...options }, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
};
const leaf = (operator: string, value: unknown) => ({ conditions: { all: [{ fact: 'userAgent', operator, value }] } });
const halted = (fields: object) => ({ 'cloudtrail/cloudtrail-trail-halted.json': exampleRule(fields) });

describe('export sigma', () => {
  it('writes YAML to stdout and all else to stderr', () => {
    const { code, out, err } = run(['cloudtrail-trail-halted'], {});
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      name: 'cloudtrail_trail_halted',
      logsource: { product: 'aws', service: 'cloudtrail' },
      detection: {
        event_1: { eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' },
        selection_1: { 'errorCode|exists': false },
        condition: 'event_1 and selection_1',
      },
      level: 'high',
    });
    expect(err).toContain('exported  cloudtrail-trail-halted  without message, runbook');
    expect(err).toContain('1 rule: 1 exported, 0 refused');
  });

  it('takes shared conditions in, and gives a rule the same id each time', () => {
    const shared = halted({ conditions: { all: [{ condition: 'succeeded' }] } });
    const [one, other] = [run([], shared, { all: true }), run([], shared, { all: true })].map(({ out }) => parse(out));
    expect(one.detection.selection_1).toMatchObject({ 'errorCode|exists': false });
    expect(one.id).toBe(other.id);
  });

  it.each([
    [
      'anyItem',
      leaf('anyItem', { all: [{ fact: 'a', operator: 'equal', value: 1 }] }),
      '"anyItem" is an operator of ours',
    ],
    ['ofAccount', leaf('ofAccount', '111122223333'), '"ofAccount" is an operator of ours'],
    ['a decorator', leaf('everyFact:equal', 'a'), '"everyFact:equal" is decorated'],
    ['a text that Sigma takes for more', leaf('equalsIgnoreCase', 'TRUE'), '"equalsIgnoreCase" "TRUE" as text alone'],
    ['a number of another field', leaf('lessThan', { fact: 'a' }), '"lessThan" with another field'],
  ])('refuses %s by name', (_, fields, says) => {
    const { code, err } = run([], halted(fields), { all: true });
    expect(code).toBe(1);
    expect(err).toContain(`refused   cloudtrail-trail-halted: ${says}`);
  });

  it('wants to know which rules', () => {
    expect(() => run([], {})).toThrow('name the rules to export, or say --all');
    expect(() => run(['cloudtrail-trail-haltd'], {})).toThrow('did you mean "cloudtrail-trail-halted"?');
  });

  it('has words for most shipped rules, and what it writes can be imported', async () => {
    const out = temporaryFolder();
    const { io, ...terminal } = createTerminal();
    exportSigma([], { rules: 'rules', all: true, out: join(out, 'sigma') }, io);
    const written = readdirSync(join(out, 'sigma'));
    expect(terminal.err.join('')).toContain(`${written.length} exported`);
    expect(written.length).toBeGreaterThan(100);
    expect(readFileSync(join(out, 'sigma', written[0] ?? ''), 'utf8')).toMatch(/^title: /);
    await importSigma(join(out, 'sigma'), { out: join(out, 'rules') }, io);
    const refused = terminal.out.filter((line) => line.startsWith('refused  '));
    // What correlates a rule that Sigma has no words for was told of at its export.
    const others = refused.filter((line) => line.includes('.yml') && !line.includes('which is not among the files'));
    expect(others).toEqual([]);
  });
});
