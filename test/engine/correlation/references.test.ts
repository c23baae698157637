import { describe, expect, it } from 'vitest';
import { renderProblem } from '../../../engine/errors.ts';
import { lintRuleSet } from '../../../engine/rule-lint.ts';
import { parseRuleSet } from '../../../engine/rule-set.ts';
import { exampleRecord } from '../../example-records.ts';

type Folder = Readonly<Record<string, unknown>>;

const conditions = { all: [{ fact: 'eventName', operator: 'equal', value: 'CreateUser' }] };
const created = {
  id: 'iam-user-created',
  signal: true,
  events: { 'iam.amazonaws.com': ['CreateUser'] },
  conditions: { all: [{ fact: 'eventID', operator: 'exists', value: true }] },
};
const deleted = { id: 'iam-user-deleted', conditions };
const many = {
  id: 'iam-users-created',
  correlation: {
    type: 'event_count',
    rules: ['iam-user-created'],
    groupBy: ['userIdentity.arn'],
    timespan: '10m',
    condition: { gte: 3 },
  },
};
const alone = {
  fixture: 'iam/create-user',
  cases: [
    { name: 'a user', matches: true },
    { name: 'a group', with: { eventName: 'CreateGroup' }, matches: false },
  ],
};
const together = {
  fixture: 'iam/create-user',
  cases: [
    { name: 'three', sequence: [{ at: '+0m', with: { eventName: 'CreateUser' }, repeat: 3 }], findings: 1 },
    { name: 'two', sequence: [{ at: '+0m', with: { eventName: 'CreateUser' }, repeat: 2 }], findings: 0 },
  ],
};
const good: Folder = {
  'iam/iam-user-created.json': created,
  'iam/iam-user-created.test.json': alone,
  'iam/iam-user-deleted.json': deleted,
  'iam/iam-user-deleted.test.json': alone,
  'iam/iam-users-created.json': many,
  'iam/iam-users-created.test.json': together,
  'fixtures/iam/create-user.json': { ...exampleRecord(), eventTime: '2026-10-14T12:00:00Z', eventName: 'CreateUser' },
};

const everyEvent = {
  knowsSource: () => true,
  knowsEvent: () => true,
  closestSource: () => undefined,
  closestEvent: () => undefined,
  namesOf: () => undefined,
  sourcesOf: () => [],
  parametersOf: () => undefined,
};

const problemsOf = (changes: Folder): readonly string[] => {
  const files = Object.entries({ ...good, ...changes }).map(([path, content]) => ({
    path,
    text: JSON.stringify(content),
  }));
  const { ruleSet, problems } = parseRuleSet(files);
  return [...problems, ...lintRuleSet(ruleSet, everyEvent)].map(renderProblem);
};
const problemsWith = (changes: object): readonly string[] =>
  problemsOf({ 'iam/iam-users-created.json': { ...many, correlation: { ...many.correlation, ...changes } } }).filter(
    // Without a rule that counts it, the signal is a problem too.
    (problem) => !problem.startsWith('iam/iam-user-created.json: signal'),
  );

const at = 'iam/iam-users-created.json: correlation';

describe('a correlation that cannot work is refused, with the place', () => {
  it('but a good one is not', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each([
    [
      'over a rule that there is not',
      { rules: ['iam-user-crated'] },
      'rules[0]: there is no rule "iam-user-crated"; did you mean "iam-user-created"?',
    ],
    ['over itself', { rules: ['iam-users-created'] }, 'rules[0]: is the rule itself'],
    [
      'over a rule twice',
      { rules: ['iam-user-created', 'iam-user-created'] },
      'rules[1]: "iam-user-created" is there already',
    ],
    [
      'over more time than state is kept',
      { timespan: '8d' },
      'timespan: expected 1s to 7d: state is not kept for longer',
    ],
    [
      'that one match meets',
      { condition: { gte: 1 } },
      'condition.gte: 1 would be met by a single match; take 2 or more',
    ],
    [
      'that nothing meets',
      { condition: { gt: 200 } },
      'condition.gt: can never hold: a group keeps the first and last 200 of a window',
    ],
    ['with two conditions', { condition: { gte: 5, gt: 5 } }, 'condition: expected exactly one of "gte" and "gt"'],
    [
      'that a later match could make untrue',
      { condition: { lt: 5 } },
      'condition.lt: a finding is told at once, and no later record may make it untrue; only "gte" and "gt" stay true as matches come in',
    ],
    [
      'of a type that there is not',
      { type: 'count' },
      'type: expected one of "event_count", "value_count", "temporal", "temporal_ordered", "new_value", "spike"',
    ],
    [
      'by an alias that has no field for one of its rules',
      {
        rules: ['iam-user-created', 'iam-user-deleted'],
        groupBy: ['user'],
        aliases: { user: { 'iam-user-created': 'requestParameters.userName' } },
      },
      'groupBy[0]: the alias "user" names no field for the rule "iam-user-deleted"',
    ],
    [
      'with an alias that nothing uses',
      { aliases: { user: { 'iam-user-created': 'requestParameters.userName' } } },
      'aliases.user: is used by neither "groupBy" nor "field"',
    ],
    [
      'with an alias for a rule that it does not count',
      { groupBy: ['user'], aliases: { user: { 'iam-user-created': 'eventName', 'iam-user-deleted': 'eventName' } } },
      'aliases.user.iam-user-deleted: is not among the "rules"',
    ],
    [
      'that counts more events than its rules name',
      { type: 'value_count', field: 'eventName', condition: { gte: 2 } },
      'condition: can never hold: the rules\' "events" allow 1 value of "eventName"',
    ],
    [
      'that learns for longer than it looks back',
      {
        type: 'new_value',
        field: 'awsRegion',
        timespan: undefined,
        condition: undefined,
        lookback: '2d',
        learning: '3d',
      },
      'learning: can never hold: it is longer than "lookback"',
    ],
  ])('%s', (_, changes, problem) => {
    expect(problemsWith(changes)).toEqual([`${at}.${problem}`]);
  });

  it('in a circle through another', () => {
    const circle = (id: string, other: string) => ({ id, correlation: { ...many.correlation, rules: [other] } });
    expect(
      problemsOf({
        'iam/iam-users-created.json': circle('iam-users-created', 'iam-users-deleted'),
        'iam/iam-users-deleted.json': circle('iam-users-deleted', 'iam-users-created'),
        'iam/iam-users-deleted.test.json': together,
        'iam/iam-user-created.json': { ...created, signal: false },
      }),
    ).toEqual([
      'iam/iam-users-created.json: correlation.rules: leads back to the rule itself, through others',
      'iam/iam-users-deleted.json: correlation.rules: leads back to the rule itself, through others',
    ]);
  });

  it('over a rule that is not usable itself', () => {
    expect(problemsOf({ 'iam/iam-user-created.json': { ...created, severity: 'severe' } })).toContain(
      `${at}.rules[0]: the rule "iam-user-created" has problems of its own`,
    );
  });

  it('by a field that findings of another correlation do not have', () => {
    const chain = {
      id: 'iam-users-created-in-waves',
      correlation: { ...many.correlation, rules: ['iam-users-created'], groupBy: ['awsRegion'] },
    };
    expect(
      problemsOf({
        'iam/iam-users-created-in-waves.json': chain,
        'iam/iam-users-created-in-waves.test.json': together,
      }),
    ).toEqual([
      'iam/iam-users-created-in-waves.json: correlation.groupBy[0]: findings of "iam-users-created" have only what it groups by: userIdentity.arn',
    ]);
  });

  it('by a field that no matching record of its tests has', () => {
    expect(problemsWith({ groupBy: ['requestParameters.usrName'] })).toEqual([
      'iam/iam-users-created.test.json: cases: no record that "iam-user-created" matches has the field "requestParameters.usrName" that the correlation counts by',
    ]);
  });

  it('with a dedup window that ends before its time span does', () => {
    const file = { ...many, dedup: { window: '5m' } };
    expect(problemsOf({ 'iam/iam-users-created.json': file })).toContain(
      'iam/iam-users-created.json: dedup.window: is shorter than the time span: one burst would be several findings',
    );
  });
});

describe('what else a correlation is asked for', () => {
  it('tests that make a finding, and that just fall short of one', () => {
    const [three, two] = together.cases;
    expect(problemsOf({ 'iam/iam-users-created.test.json': { ...together, cases: [three] } })).toEqual([
      'iam/iam-users-created.test.json: cases: has no "sequence" with "findings": 0, which just falls short',
    ]);
    expect(problemsOf({ 'iam/iam-users-created.test.json': { ...together, cases: [two] } })).toEqual([
      'iam/iam-users-created.test.json: cases: has no "sequence" that makes a finding',
    ]);
  });

  it('places in its message that there are', () => {
    expect(problemsOf({ 'iam/iam-users-created.json': { ...many, message: '{correlation.cuont} users' } })).toEqual([
      'iam/iam-users-created.json: message: there is no {correlation.cuont}; there are {correlation.count}, {correlation.timespan}, {correlation.first}, {correlation.last}, {correlation.values}, {correlation.group}',
    ]);
    expect(problemsOf({ 'iam/iam-user-deleted.json': { ...deleted, message: '{correlation.count} users' } })).toEqual([
      'iam/iam-user-deleted.json: message: {correlation.count}: the rule has no "correlation"',
    ]);
  });

  it('that somebody counts a signal', () => {
    expect(problemsOf({ 'iam/iam-user-deleted.json': { ...deleted, signal: true } })).toEqual([
      'iam/iam-user-deleted.json: signal: no rule counts it; name it in the "rules" of a correlation, or let it speak for itself',
    ]);
  });

  it('that a rule with conditions counts its own matches alone', () => {
    const own = { ...created, signal: false, correlation: many.correlation };
    expect(problemsOf({ 'iam/iam-user-created.json': own })).toContain(
      'iam/iam-user-created.json: correlation.rules: a rule with conditions counts its own matches; correlate other rules in one without conditions',
    );
  });
});
