import { describe, expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { countStates, reportCoverage, unseenEvents } from '../../engine/coverage-report.ts';
import { allRulesOf, parseRuleSet } from '../../engine/rule-set.ts';
import { exampleRule, exampleRuleTest } from '../cli/rules-folder.ts';

const id = 'cloudtrail-trail-halted';
const reportOf = (controls: object, coverage: object = { detections: {} }, rule: object = {}) => {
  const files = {
    [`cloudtrail/${id}.json`]: exampleRule({ attack: ['T1685.002'], ...rule }),
    [`cloudtrail/${id}.test.json`]: exampleRuleTest(),
    'fixtures/cloudtrail/stop-logging.json': {},
    'coverage.json': coverage,
    'frameworks/a.json': { title: 'A', version: '1', source: 'https://example.com', scope: 'All.', controls },
  };
  const parsed = parseRuleSet(Object.entries(files).map(([path, each]) => ({ path, text: JSON.stringify(each) })));
  expect(parsed.problems).toEqual([]);
  return reportCoverage(parsed.ruleSet);
};
const why = 'No log tells of it, whatever anybody does.';

describe('a control', () => {
  const events = { 'cloudtrail.amazonaws.com': ['StopLogging', 'DeleteTrail'] };
  const servedBy = { rules: [id] };

  it.each([
    ['is covered by a rule', { servedBy }, { state: 'covered', rules: [id] }],
    [
      'is partly covered where an event of it is not seen',
      { servedBy, events },
      { state: 'partly', unseen: ['cloudtrail.amazonaws.com DeleteTrail'] },
    ],
    ['is left out with the reason', { leftOut: why }, { state: 'left out', rules: [], why }],
    ['is open where nothing serves it', {}, { state: 'open', rules: [] }],
  ])('%s', (_, control, expected) => {
    const [framework] = reportOf({ C1: { title: 'One', ...control } }).frameworks;
    expect(framework?.controls).toMatchObject([{ id: 'C1', title: 'One', ...expected }]);
  });

  it('demands the events of the one it is the same as', () => {
    const same = { title: 'One', sameAs: { framework: 'a', control: 'C1' } };
    const [framework] = reportOf({ C1: { title: 'One', servedBy, events }, C2: same }).frameworks;
    expect(framework?.controls.map(({ state }) => state)).toEqual(['partly', 'partly']);
  });

  it('is not covered by a rule that only counts for others', () => {
    const report = reportOf({ C1: { title: 'One', servedBy } }, undefined, { signal: true });
    expect(report).toMatchObject({ rules: 0, frameworks: [{ controls: [{ state: 'open' }] }] });
  });
});

describe('a technique', () => {
  const techniquesOf = (coverage: object) => {
    const { tactics } = reportOf({}, { detections: {}, ...coverage }).attack;
    return new Map(tactics.flatMap(({ techniques }) => techniques).map((technique) => [technique.id, technique]));
  };

  it('is covered by a rule that names it, and by one that names a sub-technique', () => {
    const techniques = techniquesOf({});
    expect(techniques.get('T1685.002')).toMatchObject({ state: 'covered', rules: [id] });
    expect(techniques.get('T1685')).toMatchObject({ state: 'covered', rules: [id] });
    expect(techniques.get('T1685.001')).toMatchObject({ state: 'open', rules: [] });
  });

  it('is left out for its own reason, or that of the technique above it', () => {
    const techniques = techniquesOf({ techniques: { T1583: why } });
    expect(techniques.get('T1583.001')).toMatchObject({ state: 'left out', why });
  });

  it('counts for each of its tactics', () => {
    const { tactics } = reportOf({}, undefined, { attack: ['T1078.004'] }).attack;
    const counting = tactics.filter(({ rules }) => rules.length > 0).map(({ name }) => name);
    expect(counting).toEqual(['Initial Access', 'Persistence', 'Privilege Escalation', 'Stealth']);
  });
});

describe('known detections', () => {
  it('are told by family: how many there are, and what became of those decided', () => {
    const [family] = reportOf(
      {},
      {
        families: { D: { title: 'Known', of: 5 } },
        detections: { D001: { detects: 'A trail halts', rules: [id] }, D002: { detects: 'The moon', leftOut: why } },
      },
    ).detections;
    expect(family).toMatchObject({ family: 'D', title: 'Known', of: 5 });
    expect(countStates(family?.detections ?? [])).toEqual({ covered: 1, 'left out': 1, partly: 0, open: 0 });
  });
});

describe('an event is seen', () => {
  const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
  const [onAll] = ruleSet.rules.filter(({ events }) => events === undefined);
  const [correlating] = allRulesOf(ruleSet).filter((rule) => !('conditions' in rule));

  it('by a rule on it, one on every event, and one about other rules', () => {
    const events = { 'cloudtrail.amazonaws.com': ['StopLogging', 'DeleteTrail'] };
    const unseen = (by: string | undefined) => unseenEvents(events, [by ?? ''], ruleSet.rules);
    expect(unseen('cloudtrail-trail-stopped')).toEqual(['cloudtrail.amazonaws.com DeleteTrail']);
    expect(unseen(onAll?.id)).toEqual([]);
    expect(unseen(correlating?.id)).toEqual([]);
  });
});
