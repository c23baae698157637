import { describe, expect, it } from 'vitest';
import { renderProblem } from '../../engine/errors.ts';
import { allRulesOf, parseRuleSet } from '../../engine/rule-set.ts';
import { exampleRule, exampleRuleTest } from '../cli/rules-folder.ts';

type Folder = Readonly<Record<string, object>>;

const parse = (folder: Folder) =>
  parseRuleSet(Object.entries(folder).map(([path, content]) => ({ path, text: JSON.stringify(content) })));

const framework = (controls: object): object => ({
  title: 'A standard',
  version: '1',
  source: 'https://example.com/standard',
  scope: 'All of it.',
  controls,
});

const id = 'cloudtrail-trail-halted';
const correlating = {
  id: 'cloudtrail-trail-halted-often',
  severity: 'low',
  tags: ['logging'],
  correlation: { type: 'event_count', rules: [id], timespan: '1h', condition: { gte: 3 } },
};
const folderOf = (frameworks: Folder, rule: object = {}): Folder => ({
  [`cloudtrail/${id}.json`]: exampleRule({ attack: ['T1685.002'], ...rule }),
  [`cloudtrail/${id}.test.json`]: exampleRuleTest(),
  'cloudtrail/cloudtrail-trail-halted-often.json': correlating,
  'cloudtrail/cloudtrail-trail-halted-often.test.json': exampleRuleTest(),
  'fixtures/cloudtrail/stop-logging.json': {},
  ...Object.fromEntries(Object.entries(frameworks).map(([name, each]) => [`frameworks/${name}.json`, each])),
});

/** Rule id -> the controls of framework "a" that it serves. */
const servedIn = (controls: object, rule?: object): Readonly<Record<string, unknown>> => {
  const { ruleSet, problems } = parse(folderOf({ a: framework(controls) }, rule));
  expect(problems).toEqual([]);
  return Object.fromEntries(allRulesOf(ruleSet).map((each) => [each.id, each.compliance.a]));
};
const problemsOf = (frameworks: Folder, rule?: object) => parse(folderOf(frameworks, rule)).problems.map(renderProblem);

describe('a rule serves a control', () => {
  it.each([
    ['with one of its techniques', { attack: ['T1685.002'] }, [id]],
    ['with a sub-technique of one', { attack: ['T1685'] }, [id]],
    ['not with the technique above one', { attack: ['T1685.001'] }, []],
    ['by its folder', { services: ['cloudtrail'] }, [id, correlating.id]],
    ['by a tag', { tags: ['logging'] }, [correlating.id]],
    ['by its id', { rules: [id] }, [id]],
    ['that every rule serves', { does: ['reports'] }, [id, correlating.id]],
    ['by correlating', { does: ['correlates'] }, [correlating.id]],
  ])('%s', (_, servedBy, ids) => {
    const served = servedIn({ '1': { title: 'One', servedBy } });
    expect(Object.keys(served).filter((each) => served[each] !== undefined)).toEqual(ids);
  });

  it.each([
    ['that names them all', ['StopLogging', 'DeleteTrail'], ['1']],
    ['that does not name one of the rule’s', ['DeleteTrail'], undefined],
  ])('by its events, %s', (_, names, served) => {
    const events = { 'cloudtrail.amazonaws.com': names };
    expect(servedIn({ '1': { title: 'One', servedBy: { itsEvents: true }, events } })[id]).toEqual(served);
  });

  it('by responding, or by learning what is new', () => {
    const controls = {
      '1': { title: 'Responds', servedBy: { does: ['responds'] } },
      '2': { title: 'Learns', servedBy: { does: ['learns'] } },
    };
    const respond = { remediate: [{ run: 'restart-trail' }] };
    expect(servedIn(controls, { respond })[id]).toEqual(['1']);
    const correlation = { type: 'new_value', field: 'awsRegion', lookback: '30d', learning: '7d' };
    const { ruleSet } = parse(folderOf({ a: framework(controls) }, { correlation }));
    expect(ruleSet.rules.map(({ compliance }) => compliance.a)).toEqual([['2']]);
  });

  it('that it names itself, and one that is the same in another framework', () => {
    const { ruleSet, problems } = parse(
      folderOf(
        {
          a: framework({ '4.1': { title: 'One' } }),
          b: framework({ '5.1': { title: 'One', sameAs: { framework: 'a', control: '4.1' } } }),
        },
        { compliance: { a: ['4.1'] } },
      ),
    );
    expect(problems).toEqual([]);
    expect(ruleSet.rules.map(({ compliance }) => compliance)).toEqual([{ a: ['4.1'], b: ['5.1'] }]);
  });

  it('but not where it only counts for others', () => {
    expect(servedIn({ '1': { title: 'One', servedBy: { does: ['reports'] } } }, { signal: true })[id]).toBeUndefined();
  });
});

describe('what cannot be is refused, with file and path', () => {
  const one = framework({
    '4.1': { title: 'One' },
    '4.2': { title: 'Two', leftOut: 'No log tells of it, whatever anybody does.' },
  });

  it.each([
    ['a framework that is not there', { b: ['4.1'] }, 'compliance.b: there is no rules/frameworks/b.json; there are a'],
    [
      'a control that is not there',
      { a: ['4.1', '4.9'] },
      'compliance.a[1]: rules/frameworks/a.json has no control "4.9"; did you mean "4.1"?',
    ],
    [
      'a control that no rule can serve',
      { a: ['4.2'] },
      'compliance.a[0]: rules/frameworks/a.json says of "4.2" that no rule serves it',
    ],
  ])('in a rule: %s', (_, compliance, problem) => {
    expect(problemsOf({ a: one }, { compliance })).toEqual([`cloudtrail/${id}.json: ${problem}`]);
  });

  it.each([
    [
      'a rule',
      { servedBy: { rules: ['cloudtrail-trail-halte'] } },
      '.servedBy.rules[0]: there is no rule "cloudtrail-trail-halte"; did you mean "cloudtrail-trail-halted"?',
    ],
    [
      'a tag',
      { servedBy: { tags: ['loging'] } },
      '.servedBy.tags[0]: there is no tag "loging"; did you mean "logging"?',
    ],
    [
      'a folder',
      { servedBy: { services: ['s3'] } },
      '.servedBy.services[0]: there is no folder "s3"; there are cloudtrail',
    ],
    [
      'the control of another',
      { sameAs: { framework: 'a', control: '9' } },
      '.sameAs: there is no control "9" in rules/frameworks/a.json',
    ],
    [
      'itself',
      { sameAs: { framework: 'a', control: 'C1' } },
      '.sameAs: names a control that is itself the same as another; name that one',
    ],
    ['nothing', { servedBy: {} }, '.servedBy: would serve by no rule at all'],
    ['events, and has none', { servedBy: { itsEvents: true } }, '.servedBy.itsEvents: needs "events"'],
    [
      'rules and a reason why there are none',
      { servedBy: { rules: [id] }, leftOut: 'No log tells of it, whatever anybody does.' },
      '.leftOut: says that no rule serves it; remove this, or "servedBy", "events" and "sameAs"',
    ],
  ])('in a framework that names %s', (_, control, problem) => {
    expect(problemsOf({ a: framework({ C1: { title: 'One', ...control } }) })).toEqual([
      `frameworks/a.json: controls.C1${problem}`,
    ]);
  });

  it('while a folder without frameworks leaves it to authors what they name', () => {
    expect(problemsOf({}, { compliance: { ours: ['7'] } })).toEqual([]);
    expect(parse(folderOf({}, { compliance: { ours: ['7'] } })).ruleSet.rules[0]?.compliance).toEqual({ ours: ['7'] });
  });
});
