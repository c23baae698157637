import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEventCatalog } from '../cli/event-catalog.ts';
import { readRuleFiles } from '../cli/read-rules.ts';
import { createRequestCatalog } from '../cli/request-catalog.ts';
import { techniques } from '../engine/attack.ts';
import type { Condition } from '../engine/condition.ts';
import { reportCoverage, unseenEvents } from '../engine/coverage-report.ts';
import { createDetector } from '../engine/detector.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { remediations } from '../engine/remediations/index.ts';
import { type AnyRule, hasConditions } from '../engine/rule.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { lintRuleSet } from '../engine/rule-lint.ts';
import { allRulesOf, parseRuleSet } from '../engine/rule-set.ts';
import type { RuleCase } from '../engine/rule-test.ts';
import { isAtLeast } from '../engine/severity.ts';
import { placesOf, stepsOf } from '../engine/template.ts';

const { ruleSet, problems } = parseRuleSet(readRuleFiles('rules'));
const { tests } = ruleSet;
const rules = allRulesOf(ruleSet);

/** Types whose finding is one value or one chain: the record says it. */
const isOfOneMatch: ReadonlySet<string> = new Set(['new_value', 'temporal', 'temporal_ordered']);

/** What differs when a call is denied and nothing else. */
const ofFailure: ReadonlySet<string> = new Set(['errorCode', 'errorMessage', 'requestParameters', 'responseElements']);

describe('the shipped rules', () => {
  it('are valid, name events that AWS has, and have runbooks where they wake people', () => {
    expect([...problems, ...lintRuleSet(ruleSet, { ...createEventCatalog(), ...createRequestCatalog() })]).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s passes its cases, and each of its leaves was seen true and false',
    async (id, rule) => {
      const test = tests.get(id);
      if (test === undefined) throw new Error('no test file');
      const { cases, uncovered } = await runRuleTest(rule, test, ruleSet.fixtures, ruleSet);
      expect(cases.filter(({ passed }) => !passed)).toEqual([]);
      expect(uncovered).toEqual([]);
    },
  );

  it('have all that is asked of a rule: what the attacker gains, technique, harmless causes, steps, references', () => {
    const reporting = rules.filter(({ signal }) => !signal);
    const lacking = (has: (rule: AnyRule) => boolean) => reporting.filter((rule) => !has(rule)).map(({ id }) => id);
    expect(lacking(({ title }) => title !== undefined)).toEqual([]);
    expect(lacking(({ description = '' }) => description.length >= 40)).toEqual([]);
    expect(lacking(({ attack }) => attack.length > 0)).toEqual([]);
    expect(lacking(({ falsePositives }) => falsePositives.length > 0)).toEqual([]);
    expect(lacking(({ references }) => references.length > 0)).toEqual([]);
    expect(lacking(({ message }) => message !== undefined)).toEqual([]);
    expect(lacking(({ runbook = '' }) => /^1\. \S/.test(runbook))).toEqual([]);
    // Nobody has the finding of a signal in hand: it makes none.
    const signals = rules.filter(({ signal }) => signal);
    expect(signals.filter(({ title, description, attack }) => !title || !description || attack.length === 0)).toEqual(
      [],
    );
  });

  it('have steps that speak of the finding: each runbook names what it is about', () => {
    const general = rules.filter(({ runbook }) => runbook !== undefined && placesOf(runbook).length === 0);
    expect(general.map(({ id }) => id)).toEqual([]);
  });

  it('have a look-alike that stays quiet, which is more than the same call denied', () => {
    const isDenied = ({ with: set, without, fixture }: RuleCase): boolean =>
      fixture === undefined &&
      without.length === 0 &&
      'errorCode' in set &&
      Object.keys(set).every((path) => ofFailure.has(path));
    const isQuiet = ({ matches, findings }: RuleCase): boolean => matches === false || findings === 0;
    const alone = rules.filter(
      ({ id }) =>
        !tests.get(id)?.cases.some((each) => isQuiet(each) && (each.sequence !== undefined || !isDenied(each))),
    );
    expect(alone.map(({ id }) => id)).toEqual([]);
  });

  it('leave no control, technique or tactic without rules or a reason, and see every event that a control names', () => {
    const { frameworks, attack } = reportCoverage(ruleSet);
    const all = [
      ...frameworks.flatMap(({ controls }) => controls),
      ...attack.tactics.flatMap((each) => each.techniques),
    ];
    expect(all.filter(({ state }) => state === 'open' || state === 'partly')).toEqual([]);
    expect(frameworks.map(({ name }) => name)).toEqual([
      ...['cis-aws', 'cis-aws-7', 'hipaa', 'iso-27001', 'nist-800-53', 'pci-dss', 'soc-2'],
    ]);
    for (const name of ['cis-aws', 'cis-aws-7'])
      expect(ruleSet.frameworks.get(name)?.controls).toSatisfy(
        (controls: object) => Object.keys(controls).length === 16,
      );
  });

  it('each serve a control of every framework that asks for more than single events', () => {
    const asked = ['hipaa', 'iso-27001', 'nist-800-53', 'pci-dss', 'soc-2'];
    const silent = rules.filter(({ signal, compliance }) => !signal && asked.some((name) => !(name in compliance)));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('name no technique of which the coverage says that none does', () => {
    const named = new Set(rules.flatMap(({ attack }) => attack));
    expect(Object.keys(ruleSet.coverageScope.techniques).filter((id) => named.has(id))).toEqual([]);
  });

  it('find what the coverage says they find: each event of a detection is one of its rules’', () => {
    const missed = Object.entries(ruleSet.coverage).flatMap(([id, { events = {}, rules: finders = [] }]) =>
      finders.length === 0 ? [] : unseenEvents(events, finders, ruleSet.rules).map((event) => `${id}: ${event}`),
    );
    expect(Object.keys(ruleSet.coverage)).not.toEqual([]);
    expect(missed).toEqual([]);
  });

  it('decide each detection once', () => {
    const ids = [...readFileSync('rules/coverage.json', 'utf8').matchAll(/^ {4}"([DGN]\d+)":/gm)].map(([, id]) => id);
    expect(ids).toEqual(Object.keys(ruleSet.coverage));
    expect(ids).toEqual(ids.toSorted());
  });

  it('have titles of their own', () => {
    const titles = rules.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it('wake people only once for a storm: what is medium or above has a dedup window, or that of its correlation', () => {
    // The two records of an Insight are one action, and CloudTrail does not write a storm of them.
    const stormy = rules.filter(
      ({ severity, dedup, correlation, tags }) =>
        isAtLeast(severity, 'medium') && dedup === undefined && correlation === undefined && !tags.includes('insights'),
    );
    expect(stormy.map(({ id }) => id)).toEqual([]);
  });

  it('tell of several matches what they were: a correlation speaks in its message of what it counted', () => {
    const mute = rules.filter(
      ({ correlation, signal, message = '' }) =>
        correlation !== undefined &&
        !signal &&
        !message.includes('{correlation.') &&
        !isOfOneMatch.has(correlation.type),
    );
    expect(mute.map(({ id }) => id)).toEqual([]);
  });

  it('count what people and programs do and not what AWS services do in their name, unless one such call is bad enough', () => {
    const counted = new Set(rules.flatMap(({ id, correlation }) => (correlation ? (correlation.rules ?? [id]) : [])));
    const careless = ruleSet.rules.filter(
      ({ id, conditions, events = {}, severity, correlation }) =>
        counted.has(id) &&
        !('signin.amazonaws.com' in events) &&
        (correlation !== undefined || !isAtLeast(severity, 'high')) &&
        !JSON.stringify(conditions).includes('made-by-aws-service'),
    );
    expect(careless.map(({ id }) => id)).toEqual([]);
  });

  it('respond only where a response fits every principal they match, or say that it does not apply', () => {
    for (const { id, respond, severity } of rules) {
      for (const { run } of respond.remediate) {
        expect(Object.keys(remediations), id).toContain(run);
        expect(isAtLeast(severity, 'high'), `${id} responds to a ${severity} finding`).toBe(true);
      }
    }
  });

  it('use every shared condition and list they have', () => {
    const text = JSON.stringify([rules, [...ruleSet.conditions.values()]]);
    const unused = [
      ...[...ruleSet.conditions.keys()].filter((name) => !text.includes(`"condition":"${name}"`)),
      ...[...ruleSet.lists.keys()].filter(
        (name) => !text.includes(`"list":"${name}"`) && !name.startsWith('protected-'),
      ),
    ];
    expect(unused).toEqual([]);
  });

  it.each(['call-rate', 'error-rate'])(
    'tell of the beginning and the end of one Insight (%s) as one finding',
    async (kind) => {
      const { detect } = createDetector(ruleSet);
      const ids: string[] = [];
      for (const state of ['start', 'end']) {
        const record = ruleSet.fixtures.get(`cloudtrail/${kind}-insight-${state}`) as CloudTrailRecord;
        ids.push(...(await detect({ record }, 0)).findings.map(({ finding_info }) => finding_info.uid));
      }
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
    },
  );

  it('never look for the names of attack tools or of test accounts', () => {
    const text = JSON.stringify(rules).toLowerCase();
    for (const name of ['stratus', 'pacu', 'scoutsuite', 'cloudgoat']) expect(text).not.toContain(name);
  });
});

describe('the scale of severities', () => {
  const stepsIn = ({ runbook = '' }: AnyRule): number => stepsOf(runbook).length;
  const idsOf = (list: readonly AnyRule[]): readonly string[] => list.map(({ id }) => id);
  const aboveMedium = rules.filter(({ severity }) => isAtLeast(severity, 'high'));
  const belowMedium = rules.filter(({ severity }) => !isAtLeast(severity, 'medium'));

  it('asks of critical rules that they respond, or that a step puts an end to something', () => {
    const end =
      /\b(?:cancel|contain|delete|deny|enable|inactive|invite|quarantine|remove|replace|revert|revoke|rotate|start)\b/i;
    const idle = rules.filter(
      ({ severity, respond, runbook = '' }) =>
        severity === 'critical' && respond.remediate.length === 0 && !end.test(runbook),
    );
    expect(idsOf(idle)).toEqual([]);
  });

  it('asks for three steps from high up, and for two of medium', () => {
    expect(idsOf(aboveMedium.filter((rule) => stepsIn(rule) < 3))).toEqual([]);
    expect(idsOf(rules.filter((rule) => rule.severity === 'medium' && stepsIn(rule) < 2))).toEqual([]);
  });

  it('keeps attempts that were denied at medium, unless they aim at what watches, or come in many ways at once', () => {
    const names = (part: Condition, name: string): boolean => 'condition' in part && part.condition === name;
    const isDenial = (part: Condition): boolean =>
      names(part, 'denied') ||
      ('any' in part && part.any.some(isDenial) && !part.any.some((other) => names(other, 'succeeded')));
    const denied = aboveMedium.filter(
      (rule) => hasConditions(rule) && 'all' in rule.conditions && rule.conditions.all.some(isDenial),
    );
    expect(idsOf(denied).toSorted()).toEqual([
      'cloudtrail-tampering-denied',
      'guardduty-tampering-denied',
      'iam-escalation-tried-in-many-ways',
      'trailwire-tampering-denied',
    ]);
  });

  it('keeps what only looks around at medium', () => {
    const isDiscovery = (id: string): boolean =>
      techniques[id]?.tactics.every((tactic) => tactic === 'TA0007') ?? false;
    expect(idsOf(aboveMedium.filter(({ attack }) => attack.every(isDiscovery)))).toEqual([]);
  });

  it('keeps what is only new or more than usual at medium, save deletions, which cannot wait', () => {
    const unusual = aboveMedium.filter(
      ({ correlation }) => correlation?.type === 'new_value' || correlation?.type === 'spike',
    );
    expect(idsOf(unusual)).toEqual(['s3-object-deletions-spiked']);
  });

  it('calls ordinary changes and signals low, unless the change destroys', () => {
    const ordinary = rules.filter(
      ({ signal, tags }) => signal || (tags.includes('change-control') && !tags.includes('destruction')),
    );
    expect(idsOf(ordinary.filter(({ severity }) => severity !== 'low'))).toEqual([]);
  });

  it('lets no rule respond of which nobody is told', () => {
    expect(idsOf(belowMedium.filter(({ respond }) => respond.remediate.length > 0))).toEqual([]);
  });
});
