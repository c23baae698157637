import { describe, expect, it } from 'vitest';
import { createDetector } from '../../engine/detector.ts';
import { renderProblem } from '../../engine/errors.ts';
import { remediationNameSchema } from '../../engine/remediations/name.ts';
import { kindOf } from '../../engine/rule-files.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { expiredSuppressions, type ParsedRuleSet, parseRuleSet } from '../../engine/rule-set.ts';
import { exampleRecord, withInheritedNames } from '../example-records.ts';

/** A folder of files, each as JSON or, where the text matters, as text. */
type Folder = Readonly<Record<string, unknown>>;

const tree = (fact: string, operator: string, value: unknown) => ({ all: [{ fact, operator, value }] });
const conditions = tree('eventName', 'equal', 'CreateUser');
const userCreated = { id: 'iam-user-created', conditions };
const userDeleted = { id: 'iam-user-deleted', tags: ['users'], conditions: tree('eventName', 'equal', 'DeleteUser') };
const test = {
  fixture: 'iam/create-user',
  cases: [
    { name: 'a user', matches: true },
    { name: 'a group', with: { eventName: 'CreateGroup' }, matches: false },
  ],
};
const good: Folder = {
  'iam/iam-user-created.json': userCreated,
  'iam/iam-user-created.test.json': test,
  'iam/iam-user-deleted.json': userDeleted,
  'iam/iam-user-deleted.test.json': test,
  'fixtures/iam/create-user.json': exampleRecord(),
  'conditions/succeeded.json': { description: 'It took effect.', conditions: tree('errorCode', 'exists', false) },
  'lists/office-networks.json': { description: 'Where people sign in.', values: ['198.51.100.0/24'] },
  'suppressions.json': { suppressions: [] },
  'rule.schema.json': {},
};

const parse = (folder: Folder): ParsedRuleSet => {
  const texts = Object.entries(folder).flatMap(([path, content]) =>
    content === undefined ? [] : [{ path, text: typeof content === 'string' ? content : JSON.stringify(content) }],
  );
  const parsed = parseRuleSet(texts);
  // What is handed out must be usable as it is: one bad file must not stop all detection.
  createDetector(parsed.ruleSet);
  for (const { matches } of compileRules(parsed.ruleSet.rules, parsed.ruleSet).rules) matches({});
  return parsed;
};
const problemsOf = (changes: Folder): readonly string[] => {
  const { ruleSet, problems } = parse({ ...good, ...changes });
  expect(ruleSet.rules.map(({ id }) => id)).toContain('iam-user-deleted');
  return problems.map(renderProblem);
};
const problemsOfRule = (changes: object): readonly string[] =>
  problemsOf({ 'iam/iam-user-created.json': { ...userCreated, ...changes } });
const problemsOfLeaf = (operator: string, value: unknown): readonly string[] =>
  problemsOfRule({ conditions: tree('eventName', operator, value) });

const rule = 'iam/iam-user-created.json';

describe('a good folder', () => {
  it('has no problems, and all of it is usable', () => {
    const { ruleSet, problems } = parse(good);
    expect(problems).toEqual([]);
    expect(ruleSet.rules.map(({ id }) => id)).toEqual(['iam-user-created', 'iam-user-deleted']);
    expect([...ruleSet.files]).toEqual([
      ['iam-user-created', 'iam/iam-user-created.json'],
      ['iam-user-deleted', 'iam/iam-user-deleted.json'],
    ]);
    expect([...ruleSet.tests.keys()]).toEqual(['iam-user-created', 'iam-user-deleted']);
    expect([...ruleSet.fixtures.keys()]).toEqual(['iam/create-user']);
    expect([...ruleSet.conditions.keys()]).toEqual(['succeeded']);
    expect([...ruleSet.lists]).toEqual([['office-networks', ['198.51.100.0/24']]]);
  });

  it('may be empty', () => {
    expect(parse({}).problems).toEqual([]);
  });

  it('gives what an author leaves out its default', () => {
    expect(parse(good).ruleSet.rules[0]).toMatchObject({
      severity: 'medium',
      status: 'stable',
      respond: { remediate: [] },
      tags: [],
    });
  });
});

describe('a rule with a mistake is refused, by file and path', () => {
  it.each([
    ['an unknown key', { name: 'x' }, 'unknown key "name"'],
    ['several unknown keys', { name: 'x', level: 'y' }, 'unknown keys "name", "level"'],
    [
      'an unknown severity',
      { severity: 'severe' },
      'severity: expected one of "informational", "low", "medium", "high", "critical"',
    ],
    ['an unknown status', { status: 'draft' }, 'status: expected one of "experimental", "test", "stable"'],
    ['a title that is no text', { title: 5 }, 'title: expected string, received number'],
    ['an empty title', { title: '' }, 'title: expected string to have >=1 characters'],
    ['a tag with a capital', { tags: ['Users'] }, 'tags[0]: expected lower-case words joined by hyphens'],
    [
      'a reference that is not https',
      { references: ['http://example.com'] },
      'references[0]: expected an https address',
    ],
    ['compliance that is no list', { compliance: { cis: '4.4' } }, 'compliance.cis: expected array, received string'],
    [
      'a retired ATT&CK id, which is told its successor',
      { attack: ['T1098', 'T1562.008'] },
      'attack[1]: "T1562.008" is not a technique of the pinned ATT&CK version; use its successor T1685.002',
    ],
    [
      'an unknown ATT&CK id',
      { attack: ['T9999'] },
      'attack[0]: "T9999" is not a technique of the pinned ATT&CK version; see engine/attack.ts for those that are',
    ],
    [
      'an event source that is none',
      { events: { iam: ['CreateUser'] } },
      'events.iam: expected an event source such as "iam.amazonaws.com"',
    ],
    [
      'an event name that is none',
      { events: { 'iam.amazonaws.com': ['Create User'] } },
      'events["iam.amazonaws.com"][0]: expected an event name such as "CreateUser", or its beginning and "*"',
    ],
    [
      'event names that are no list',
      { events: { 'iam.amazonaws.com': 'CreateUser' } },
      'events["iam.amazonaws.com"]: expected "*"; or expected array, received string',
    ],
    [
      'an empty list of event names',
      { events: { 'iam.amazonaws.com': [] } },
      'events["iam.amazonaws.com"]: expected array to have >=1 items',
    ],
    ['events that are a list', { events: ['CreateUser'] }, 'events: expected record, received array'],
    ['an unknown destination', { respond: { notify: ['pager'] } }, 'respond.notify[0]: expected one of "sns", "slack"'],
    [
      'an unknown remediation',
      { respond: { remediate: [{ run: 'delete-account' }] } },
      `respond.remediate[0].run: expected one of ${remediationNameSchema.options.map((name) => JSON.stringify(name)).join(', ')}`,
    ],
    [
      'a remediation that is a text',
      { respond: { remediate: ['quarantine-user'] } },
      'respond.remediate[0]: expected object, received string',
    ],
    ['a dedup by nothing', { dedup: { by: [], window: '1h' } }, 'dedup.by: expected array to have >=1 items'],
    [
      'a dedup window in another unit',
      { dedup: { by: ['awsRegion'], window: '1w' } },
      'dedup.window: expected a time span such as "30s", "10m", "1h" or "7d"',
    ],
    ['no conditions', { conditions: undefined }, 'conditions: expected object, found nothing'],
    [
      'an id that is not the file name',
      { id: 'iam-user-made' },
      'id: "iam-user-made" must equal the file name "iam-user-created"',
    ],
  ])('%s', (_, changes, problem) => {
    expect(problemsOfRule(changes)).toEqual([`${rule}: ${problem}`]);
  });

  it('an id that does not begin with its folder', () => {
    expect(
      problemsOf({ 's3/iam-user-made.json': { id: 'iam-user-made', conditions }, 's3/iam-user-made.test.json': test }),
    ).toEqual(['s3/iam-user-made.json: id: must begin with "s3-", the folder\'s service']);
  });

  it('no id', () => {
    expect(problemsOfRule({ id: undefined })).toEqual([`${rule}: id: expected string, found nothing`]);
  });

  it('a key that is named like what objects inherit', () => {
    const text = `{"id": "iam-user-created", "conditions": ${JSON.stringify(conditions)}, ${withInheritedNames().slice(1)}`;
    expect(problemsOf({ [rule]: text })).toEqual([
      `${rule}: unknown keys "__proto__", "constructor", "toString", "hasOwnProperty"`,
    ]);
  });

  it.each([
    ['a list', [], 'array'],
    ['a text', '"x"', 'string'],
    ['null', null, 'null'],
    ['a number', 5, 'number'],
  ])('a file that is %s', (_, content, type) => {
    expect(problemsOf({ [rule]: content })).toEqual([`${rule}: expected object, received ${type}`]);
  });

  it('tells all mistakes of a file at once', () => {
    expect(
      problemsOfRule({
        name: 'x',
        severity: 'severe',
        dedup: { by: [], window: '1w' },
        conditions: { all: [{ all: [] }, { fact: 'eventName', operator: 'equals', value: 'A', path: '$' }] },
      }),
    ).toEqual([
      `${rule}: severity: expected one of "informational", "low", "medium", "high", "critical"`,
      `${rule}: conditions.all[0].all: an empty list would always match; remove it or fill it`,
      `${rule}: conditions.all[1]: unknown key "path"`,
      `${rule}: conditions.all[1].operator: "equals" is not an operator; did you mean "equal"?`,
      `${rule}: dedup.by: expected array to have >=1 items`,
      `${rule}: dedup.window: expected a time span such as "30s", "10m", "1h" or "7d"`,
      `${rule}: unknown key "name"`,
    ]);
  });
});

describe('a condition tree with a mistake', () => {
  const shape = 'expected exactly one of "all", "any", "not", "condition" or "fact", found';
  const leaf = conditions.all[0];

  it.each([
    [
      'a leaf at the top',
      leaf,
      'conditions: expected "all", "any", "not" or "condition" at the top; wrap the leaf in {"all": [...]}',
    ],
    ['an empty all', { all: [] }, 'conditions.all: an empty list would always match; remove it or fill it'],
    ['an empty any', { any: [] }, 'conditions.any: an empty list would always match; remove it or fill it'],
    [
      'an empty any below',
      { all: [{ any: [] }] },
      'conditions.all[0].any: an empty list would always match; remove it or fill it',
    ],
    ['all beside any', { all: [leaf], any: [leaf] }, `conditions: ${shape} "all" and "any"`],
    [
      'a fact beside a condition',
      { all: [{ ...leaf, condition: 'succeeded' }] },
      `conditions.all[0]: ${shape} "condition" and "fact"`,
    ],
    ['an empty object', {}, `conditions: ${shape} none`],
    ['a list', [leaf], 'conditions: expected object, received array'],
    ['a text for a tree', 'succeeded', 'conditions: expected object, received string'],
    ['a text for a node', { all: ['succeeded'] }, 'conditions.all[0]: expected object, received string'],
    ['an unknown key', { all: [{ ...leaf, path: '$.x' }] }, 'conditions.all[0]: unknown key "path"'],
    [
      'a leaf without a value',
      { all: [{ fact: 'a', operator: 'equal' }] },
      'conditions.all[0]: expected a "value" beside "fact" and "operator"',
    ],
    [
      'a leaf without an operator',
      { all: [{ fact: 'a', value: 1 }] },
      'conditions.all[0]: expected an "operator" beside "fact"',
    ],
    [
      'an operator that is no text',
      { all: [{ ...leaf, operator: 3 }] },
      'conditions.all[0].operator: expected string, received number',
    ],
    [
      'a value beside a condition',
      { all: [{ condition: 'succeeded', value: 1 }] },
      'conditions.all[0].value: belongs beside "fact", not beside "condition"',
    ],
    [
      'an index in a field',
      tree('items[0].name', 'equal', 1),
      'conditions.all[0].fact: expected a field path such as "requestParameters.userName"',
    ],
  ])('%s', (_, conditions, problem) => {
    expect(problemsOfRule({ conditions })).toEqual([`${rule}: ${problem}`]);
  });

  it.each([
    ['equals', 'equal'],
    ['beginsWith:equal', undefined],
    ['not:equals', 'notEqual'],
    ['cdir', 'cidr'],
  ])('the unknown operator %s', (operator, meant) => {
    const [problem, ...others] = problemsOfLeaf(operator, 'A');
    expect(problem).toContain(`${rule}: conditions.all[0].operator: "${operator}" is not an operator; `);
    expect(problem).toContain(
      meant === undefined ? 'expected one of equal, notEqual, in, ' : `did you mean "${meant}"?`,
    );
    expect(others).toEqual([]);
  });

  it.each([
    ['equal', null, '"equal" takes text, a number, true or false, found null'],
    ['equal', ['A'], '"equal" takes text, a number, true or false, found ["A"]'],
    ['in', 'A', '"in" takes a list of texts, numbers, true or false, found "A"'],
    ['in', [], '"in" takes a list of texts, numbers, true or false, found []'],
    ['lessThan', '3', '"lessThan" takes a number, found "3"'],
    ['exists', 'yes', '"exists" takes true or false, found "yes"'],
    ['prefix', 3, '"prefix" takes a text or a list of texts, found 3'],
    ['regex', '(', 'error parsing regexp: missing closing ): `(`'],
    ['regex', '(?=x)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['regex', { fact: 'userAgent' }, '"regex" takes a constant; attackers must not write patterns'],
    ['cidr', '10.0.0.0/33', '"10.0.0.0/33" is not an IP address or range such as 198.51.100.0/24 or 2001:db8::/32'],
    ['cidr', ['2001:db8::/32', 'x'], '"x" is not an IP address or range such as 198.51.100.0/24 or 2001:db8::/32'],
    ['wildcard', 'Create**', '"Create**" has two stars in a row; write one'],
    ['everyValue:contains', [], 'expected a list that is not empty'],
    ['equal', { list: 'office-networks' }, '"equal" takes text, a number, true or false, not a list'],
  ])('%s with the value %j', (operator, value, problem) => {
    expect(problemsOfLeaf(operator, value)).toEqual([`${rule}: conditions.all[0].value: ${problem}`]);
  });

  it('inside anyItem, all of them, however deep', () => {
    const item = {
      all: [
        { fact: 'fromPort', operator: 'equals', value: 22 },
        { any: [] },
        { fact: 'toPort', operator: 'equal', value: 22, note: 'ssh' },
        { fact: 'ranges', operator: 'anyItem', value: { all: [{ fact: 'cidrIp', operator: 'cidr', value: 'x' }] } },
      ],
    };
    expect(problemsOfLeaf('anyItem', item)).toEqual([
      `${rule}: conditions.all[0].value.all[1].any: an empty list would always match; remove it or fill it`,
      `${rule}: conditions.all[0].value.all[2]: unknown key "note"`,
      `${rule}: conditions.all[0].value.all[0].operator: "equals" is not an operator; did you mean "equal"?`,
      `${rule}: conditions.all[0].value.all[3].value.all[0].value: "x" is not an IP address or range such as 198.51.100.0/24 or 2001:db8::/32`,
    ]);
  });

  it('anyItem over something that is no condition', () => {
    expect(problemsOfLeaf('anyItem', 'x')).toEqual([
      `${rule}: conditions.all[0].value: "anyItem" takes a condition: {"all": [...]}, {"any": [...]} or {"not": ...}, found "x"`,
    ]);
  });
});

describe('what a condition refers to must be there', () => {
  it('an unknown shared condition, with the one that was meant', () => {
    expect(problemsOfRule({ conditions: { not: { condition: 'suceeded' } } })).toEqual([
      `${rule}: conditions.not.condition: there is no rules/conditions/suceeded.json; did you mean "succeeded"?`,
    ]);
  });

  it('an unknown list, with those that there are', () => {
    expect(problemsOfLeaf('in', { list: 'admins' })).toEqual([
      `${rule}: conditions.all[0].value.list: there is no rules/lists/admins.json; there are office-networks`,
    ]);
  });

  it('both inside anyItem', () => {
    const item = { all: [{ condition: 'nothing' }, { fact: 'a', operator: 'in', value: { list: 'nobody' } }] };
    expect(problemsOfLeaf('anyItem', item)).toEqual([
      `${rule}: conditions.all[0].value.all[0].condition: there is no rules/conditions/nothing.json; there are succeeded`,
      `${rule}: conditions.all[0].value.all[1].value.list: there is no rules/lists/nobody.json; there are office-networks`,
    ]);
  });

  it('a list whose values the operator cannot take', () => {
    const folder = {
      'lists/office-networks.json': { description: 'x', values: ['198.51.100.0/24', 'the office'] },
      [rule]: { ...userCreated, conditions: tree('sourceIPAddress', 'cidr', { list: 'office-networks' }) },
    };
    expect(problemsOf(folder)).toEqual([
      `${rule}: conditions.all[0].value.list: rules/lists/office-networks.json does not suit: "the office" is not an IP address or range such as 198.51.100.0/24 or 2001:db8::/32`,
    ]);
  });

  it('a list may be empty: its owner has yet to fill it', () => {
    const folder = {
      'lists/office-networks.json': { description: 'x', values: [] },
      [rule]: { ...userCreated, conditions: tree('sourceIPAddress', 'not:cidr', { list: 'office-networks' }) },
    };
    expect(problemsOf(folder)).toEqual([]);
  });

  it('a list with a mistake is not one to refer to, and that is said', () => {
    const folder = {
      'lists/office-networks.json': { description: 'x', values: [true] },
      [rule]: { ...userCreated, conditions: tree('sourceIPAddress', 'cidr', { list: 'office-networks' }) },
    };
    expect(problemsOf(folder)).toEqual([
      'lists/office-networks.json: values[0]: expected string, received boolean; or expected number, received boolean',
      `${rule}: conditions.all[0].value.list: rules/lists/office-networks.json has problems of its own`,
    ]);
  });
});

describe('a shared condition with a mistake', () => {
  const sharing = (...names: readonly string[]) => ({
    description: 'x',
    conditions: { all: names.map((condition) => ({ condition })) },
  });
  const usingA = { ...userCreated, conditions: { all: [{ condition: 'a' }] } };
  const itself = 'conditions: refers to itself, directly or through others';
  const broken = (name: string) => `rules/conditions/${name}.json has problems of its own`;

  it('that refers to itself takes the rules that use it with it, and no others', () => {
    expect(problemsOf({ 'conditions/a.json': sharing('a'), [rule]: usingA })).toEqual([
      `conditions/a.json: ${itself}`,
      `${rule}: conditions.all[0].condition: ${broken('a')}`,
    ]);
  });

  it('that refers to itself through another: both are named, in any order of the files', () => {
    const cycle = { 'conditions/a.json': sharing('succeeded', 'b'), 'conditions/b.json': sharing('a') };
    const turned = Object.fromEntries(Object.entries(cycle).reverse());
    for (const folder of [cycle, turned]) {
      expect(problemsOf({ ...folder, [rule]: usingA }).toSorted()).toEqual([
        `conditions/a.json: ${itself}`,
        `conditions/b.json: ${itself}`,
        `${rule}: conditions.all[0].condition: ${broken('a')}`,
      ]);
    }
  });

  it('that leads into a circle is unusable too, without being in it', () => {
    const folder = {
      'conditions/a.json': sharing('b'),
      'conditions/b.json': sharing('c'),
      'conditions/c.json': sharing('b'),
    };
    expect(problemsOf({ ...folder, [rule]: usingA })).toEqual([
      `conditions/b.json: ${itself}`,
      `conditions/c.json: ${itself}`,
      `conditions/a.json: conditions.all[0].condition: ${broken('b')}`,
      `${rule}: conditions.all[0].condition: ${broken('a')}`,
    ]);
  });

  it('that refers to nothing', () => {
    const folder = { 'conditions/a.json': { description: 'x', conditions: tree('a', 'in', { list: 'nobody' }) } };
    expect(problemsOf({ ...folder, [rule]: usingA })).toEqual([
      'conditions/a.json: conditions.all[0].value.list: there is no rules/lists/nobody.json; there are office-networks',
      `${rule}: conditions.all[0].condition: ${broken('a')}`,
    ]);
  });

  it('that is not JSON', () => {
    expect(problemsOf({ 'conditions/a.json': '{', [rule]: usingA })).toEqual([
      `conditions/a.json: Expected property name or '}' (line 1 column 2)`,
      `${rule}: conditions.all[0].condition: ${broken('a')}`,
    ]);
  });

  it('that has no description', () => {
    expect(problemsOf({ 'conditions/a.json': { conditions } })).toEqual([
      'conditions/a.json: description: expected string, found nothing',
    ]);
  });

  it('may be used by many, and through each other', () => {
    const folder = {
      'conditions/a.json': sharing('b', 'c', 'succeeded'),
      'conditions/b.json': sharing('c', 'succeeded'),
      'conditions/c.json': sharing('succeeded'),
    };
    expect(problemsOf({ ...folder, [rule]: usingA })).toEqual([]);
  });
});

describe('files must fit together', () => {
  it('an id that is taken: the first keeps it, with its own test', () => {
    const folder = {
      'iam-user/iam-user-created.json': userCreated,
      'iam-user/iam-user-created.test.json': { ...test, cases: test.cases.slice(1) },
    };
    expect(problemsOf(folder)).toEqual([
      'iam-user/iam-user-created.json: id: "iam-user-created" is already the id of iam/iam-user-created.json',
    ]);
    expect(parse({ ...good, ...folder }).ruleSet.tests.get('iam-user-created')?.cases).toHaveLength(2);
  });

  it('a rule without a test', () => {
    expect(problemsOf({ 'iam/iam-user-created.test.json': undefined })).toEqual([
      `${rule}: has no test file; write iam/iam-user-created.test.json beside it`,
    ]);
  });

  it('a test without a rule', () => {
    expect(problemsOf({ [rule]: undefined })).toEqual([
      'iam/iam-user-created.test.json: tests no rule: there is none of its name beside it',
    ]);
  });

  it('a test in another folder is not that of the rule', () => {
    expect(problemsOf({ 'iam/iam-user-created.test.json': undefined, 's3/iam-user-created.test.json': test })).toEqual([
      's3/iam-user-created.test.json: tests no rule: there is none of its name beside it',
      `${rule}: has no test file; write iam/iam-user-created.test.json beside it`,
    ]);
  });

  it('a test whose rule has a mistake is not blamed for it', () => {
    expect(problemsOfRule({ severity: 'severe' })).toHaveLength(1);
  });

  it('a test of fixtures and lists that there are not', () => {
    const strange = {
      fixture: 'iam/create-usr',
      lists: { offices: ['192.0.2.0/24'] },
      cases: [
        { name: 'a', matches: true, fixture: 's3/put-object' },
        { name: 'b', sequence: [{ at: '+0m' }, { at: '+1m', fixture: 's3/get-object' }], findings: 0 },
      ],
    };
    expect(problemsOf({ 'iam/iam-user-created.test.json': strange })).toEqual([
      'iam/iam-user-created.test.json: fixture: there is no rules/fixtures/iam/create-usr.json; did you mean "iam/create-user"?',
      'iam/iam-user-created.test.json: cases[0].fixture: there is no rules/fixtures/s3/put-object.json; there are iam/create-user',
      'iam/iam-user-created.test.json: cases[1].sequence[1].fixture: there is no rules/fixtures/s3/get-object.json; there are iam/create-user',
      'iam/iam-user-created.test.json: lists.offices: there is no rules/lists/offices.json; there are office-networks',
    ]);
  });

  it.each([
    ['no cases', { cases: [] }, 'cases: expected array to have >=1 items'],
    [
      'a case without an expectation',
      { cases: [{ name: 'a' }] },
      'cases[0].matches: expected true or false, or a "sequence" and its "findings"',
    ],
    [
      'a fixture by its file name',
      { fixture: 'iam/create-user.json' },
      'fixture: expected "<service>/<name>", a file of rules/fixtures/',
    ],
    [
      'a path that is none',
      { cases: [{ name: 'a', with: { 'a[x]': 1 }, matches: true }] },
      'cases[0].with["a[x]"]: expected a path such as "a.b[0].c"',
    ],
  ])('a test with %s', (_, changes, problem) => {
    expect(problemsOf({ 'iam/iam-user-created.test.json': { ...test, ...changes } })).toEqual([
      `iam/iam-user-created.test.json: ${problem}`,
    ]);
  });

  it('a fixture that is no object', () => {
    expect(problemsOf({ 'fixtures/iam/create-user.json': [exampleRecord()] })).toEqual([
      'fixtures/iam/create-user.json: expected a CloudTrail record, which is a JSON object',
      'iam/iam-user-created.test.json: fixture: rules/fixtures/iam/create-user.json has problems of its own',
      'iam/iam-user-deleted.test.json: fixture: rules/fixtures/iam/create-user.json has problems of its own',
    ]);
  });
});

describe('suppressions', () => {
  const suppression = {
    rule: 'iam-user-created',
    when: tree('userIdentity.userName', 'equal', 'onboarding'),
    reason: 'onboarding job',
    owner: 'platform@example.com',
    expires: '2027-01-31',
  };
  const suppressing = (...suppressions: readonly unknown[]) => ({ 'suppressions.json': { suppressions } });
  const target = 'expected exactly one of "rule" and "tag"';

  it('speak of a rule, a list of rules or a tag', () => {
    const folder = suppressing(
      suppression,
      { ...suppression, rule: ['iam-user-created', 'iam-user-deleted'] },
      { ...suppression, rule: undefined, tag: 'users' },
    );
    expect(problemsOf(folder)).toEqual([]);
    expect(parse({ ...good, ...folder }).ruleSet.suppressions).toHaveLength(3);
  });

  it.each([
    [
      'an unknown rule',
      { rule: 'iam-user-creatd' },
      '.rule: there is no rule "iam-user-creatd"; did you mean "iam-user-created"?',
    ],
    [
      'one unknown rule of a list',
      { rule: ['iam-user-created', 'x'] },
      '.rule[1]: there is no rule "x"; there are iam-user-created, iam-user-deleted',
    ],
    ['an unknown tag', { rule: undefined, tag: 'machines' }, '.tag: no rule has the tag "machines"; there are users'],
    ['both rule and tag', { tag: 'users' }, `: ${target}`],
    ['neither rule nor tag', { rule: undefined }, `: ${target}`],
    ['an empty list of rules', { rule: [] }, '.rule: expected array to have >=1 items'],
    ['a day that is not', { expires: '2027-02-30' }, '.expires: expected a day that there is, such as "2027-01-31"'],
    ['a day in words', { expires: 'next year' }, '.expires: expected a day that there is, such as "2027-01-31"'],
    ['no last day', { expires: undefined }, '.expires: expected a day that there is, such as "2027-01-31"'],
    ['no owner', { owner: '' }, '.owner: expected string to have >=1 characters'],
    ['an unknown key', { until: 'x' }, ': unknown key "until"'],
    ['no condition', { when: undefined }, '.when: expected object, found nothing'],
    ['an empty condition', { when: { all: [] } }, '.when.all: an empty list would always match; remove it or fill it'],
    [
      'an unknown list',
      { when: tree('a', 'in', { list: 'office-network' }) },
      '.when.all[0].value.list: there is no rules/lists/office-network.json; did you mean "office-networks"?',
    ],
  ])('with %s are refused, and the others work', (_, changes, problem) => {
    const folder = suppressing(suppression, { ...suppression, ...changes });
    expect(problemsOf(folder)).toEqual([`suppressions.json: suppressions[1]${problem}`]);
    expect(parse({ ...good, ...folder }).ruleSet.suppressions).toMatchObject([{ owner: 'platform@example.com' }]);
  });

  it.each([
    ['a list', [suppression], 'expected object, received array'],
    ['an empty object', {}, 'suppressions: expected array, found nothing'],
  ])('in a file that is %s', (_, content, problem) => {
    expect(problemsOf({ 'suppressions.json': content })).toEqual([`suppressions.json: ${problem}`]);
  });

  it('that have expired are named with their owner, from the end of their last day, UTC', () => {
    const { ruleSet } = parse({
      ...good,
      ...suppressing(suppression, { ...suppression, rule: undefined, tag: 'users', expires: '2027-02-28' }),
    });
    const at = (time: string) => expiredSuppressions(ruleSet, Date.parse(time)).map(renderProblem);
    expect(at('2027-01-31T23:59:59.999Z')).toEqual([]);
    expect(at('2027-02-01T00:00:00Z')).toEqual([
      'suppressions.json: suppression of iam-user-created: expired on 2027-01-31 and no longer works; ask platform@example.com to renew or remove it',
    ]);
    expect(at('2027-03-01T00:00:00Z')[1]).toContain('suppression of tag users: expired on 2027-02-28');
  });
});

describe('the coverage', () => {
  const covering = (detection: object, id = 'D001'): Folder => ({
    'coverage.json': { detections: { [id]: detection } },
  });
  const detects = 'A user is created';

  it('says of each detection which rules find it, or why none does', () => {
    const covered = { detects, events: { 'iam.amazonaws.com': ['CreateUser'] }, rules: ['iam-user-created'] };
    const leftOut = { detects: 'A strange place', leftOut: 'Nothing in CloudTrail says where an address is.' };
    const { ruleSet, problems } = parse({ ...good, 'coverage.json': { detections: { D001: covered, N001: leftOut } } });
    expect(problems).toEqual([]);
    expect(ruleSet.coverage).toEqual({ D001: covered, N001: leftOut });
  });

  it.each([
    [
      'a rule that is not there',
      covering({ detects, rules: ['iam-user-create'] }),
      '.D001.rules[0]: there is no rule "iam-user-create"; did you mean "iam-user-created"?',
    ],
    ['neither rules nor a reason', covering({ detects }), '.D001: expected exactly one of "rules" and "leftOut"'],
    [
      'rules and a reason',
      covering({ detects, rules: ['iam-user-created'], leftOut: 'It is found all the same, by one rule.' }),
      '.D001: expected exactly one of "rules" and "leftOut"',
    ],
    ['no rule', covering({ detects, rules: [] }), '.D001.rules: expected array to have >=1 items'],
    [
      'a reason that is none',
      covering({ detects, leftOut: 'n/a' }),
      '.D001.leftOut: expected a sentence that says why no rule finds it',
    ],
    [
      'another kind of id',
      covering({ detects, rules: ['iam-user-created'] }, 'user'),
      '.user: expected an id such as "D001"',
    ],
  ])('with %s is refused', (_, folder, problem) => {
    expect(problemsOf(folder)).toEqual([`coverage.json: detections${problem}`]);
  });

  it('may name a rule whose file is broken, which is reported by itself', () => {
    const folder = { ...covering({ detects, rules: ['iam-user-created'] }), [rule]: '{' };
    expect(problemsOf(folder).filter((problem) => problem.startsWith('coverage.json'))).toEqual([]);
  });
});

describe('files that are not JSON are named with line and column', () => {
  it.each([
    ['the empty file', '', 'Unexpected end of JSON input (line 1 column 1)'],
    ['blank lines', '\n  \n', 'Unexpected end of JSON input (line 3 column 1)'],
    [
      'a text that just ends',
      '{\n  "id": "iam-user-created",',
      'Expected double-quoted property name (line 2 column 28)',
    ],
    ['an object that just ends', '{\n  "id": 5', `Expected ',' or '}' after property value (line 2 column 10)`],
    ['a string that just ends', '{\n  "id": "iam', 'Unterminated string (line 2 column 13)'],
    ['a word that is no value', '{\n  "id": yes,\n  "severity": "low"\n}', `Unexpected token 'y' (line 2 column 9)`],
    ['a word that is almost a value', '{\n  "a": 1,\n  "b": tru\n}', `Unexpected token '\\n' (line 3 column 11)`],
    ['a value that is missing', '{\n  "id": ,\n}', `Unexpected token ',' (line 2 column 9)`],
    ['a comma too many', '{\n  "id": "a",\n}', 'Expected double-quoted property name (line 3 column 1)'],
    ['a comma too few', '{\n  "id": "a"\n  "b": 1\n}', `Expected ',' or '}' after property value (line 3 column 3)`],
    ['a comment', '// a rule\n{}', `Unexpected token '/' (line 1 column 1)`],
    ['a second value', '{}\n{}', 'Unexpected non-whitespace character after JSON (line 2 column 1)'],
    ['a line break in a string', '{\n  "id": "a\nb"\n}', 'Bad control character in string literal (line 2 column 11)'],
    ['a byte order mark', '\uFEFF{}', 'begins with a byte order mark, which JSON must not have (line 1 column 1)'],
    ['HTML', '<!doctype html>', `Unexpected token '<' (line 1 column 1)`],
    ['the text "undefined"', 'undefined', '"undefined" is not valid JSON (line 1 column 1)'],
  ])('%s', (_, text, problem) => {
    expect(problemsOf({ [rule]: text })).toEqual([`${rule}: ${problem}`]);
  });

  it('a mistake deep in a long file is found where it is', () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `    "CreateUser${index}",`);
    lines[4_321] = '    "CreateUser", CreateGroup,';
    const text = `{\n  "events": [\n${lines.join('\n')}\n  ]\n}`;
    expect(problemsOf({ [rule]: text })).toEqual([`${rule}: Unexpected token 'C' (line 4324 column 19)`]);
  });
});

describe('places of files', () => {
  it.each([
    ['iam/iam-user-created.json', 'rule'],
    ['iam/iam-user-created.test.json', 'test'],
    ['conditions/succeeded.json', 'condition'],
    ['lists/office-networks.json', 'list'],
    ['fixtures/iam/create-user.json', 'fixture'],
    ['suppressions.json', 'suppressions'],
    ['rule.schema.json', 'schema'],
  ])('%s is a %s', (path, kind) => {
    expect(kindOf(path)).toBe(kind);
  });

  it.each([
    'iam-user-created.json',
    'iam/users/iam-user-created.json',
    'iam/IamUserCreated.json',
    'iam/iam_user_created.json',
    'iam/.json',
    'iam/iam-user-created.json5',
    'lists/iam/admins.json',
    'lists/Admins.json',
    'lists/admins.test.json',
    'conditions/admins.test.json',
    'fixtures/create-user.json',
    'fixtures/iam/v2/create-user.json',
    'iam/suppressions.json/x.json',
    'README.md',
  ])('%s is at none, and is said so whatever is in it', (path) => {
    for (const content of [{}, 'not JSON']) {
      const [problem, ...others] = problemsOf({ [path]: content });
      expect(problem).toMatch(
        /: not a place for a file; there are <service>\/<id>\.json, .* suppressions\.json and coverage\.json, in lower-case words/,
      );
      expect(problem).toContain(path);
      expect(others).toEqual([]);
    }
  });
});

it('every problem of every file is told in one run, and what is good is usable', () => {
  const { ruleSet, problems } = parse({
    ...good,
    [rule]: '{',
    'iam/iam-group-created.json': { id: 'iam-group-created', conditions: {} },
    'lists/admins.json': { values: 'all' },
    'conditions/a.json': { description: 'x', conditions: { condition: 'a' } },
    'fixtures/iam/create-group.json': 5,
    'suppressions.json': { suppressions: [5] },
    'notes.json': {},
  });
  expect(new Set(problems.map(({ file }) => file))).toEqual(
    new Set([
      rule,
      'iam/iam-group-created.json',
      'lists/admins.json',
      'conditions/a.json',
      'fixtures/iam/create-group.json',
      'suppressions.json',
      'notes.json',
    ]),
  );
  expect(ruleSet.rules.map(({ id }) => id)).toEqual(['iam-user-deleted']);
});
