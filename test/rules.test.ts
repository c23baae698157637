import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEventCatalog } from '../cli/event-catalog.ts';
import { readRuleFiles } from '../cli/read-rules.ts';
import { createRequestCatalog } from '../cli/request-catalog.ts';
import { createDetector } from '../engine/detector.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { remediations } from '../engine/remediations/index.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { lintRuleSet } from '../engine/rule-lint.ts';
import { allRulesOf, parseRuleSet } from '../engine/rule-set.ts';
import { isAtLeast } from '../engine/severity.ts';

const { ruleSet, problems } = parseRuleSet(readRuleFiles('rules'));
const { tests } = ruleSet;
const rules = allRulesOf(ruleSet);

/** Items of CIS AWS Foundations 5.0, section 4, that speak of events; 4.16 asks whether Security Hub is on. */
const cisItems = Array.from({ length: 15 }, (_, index) => `4.${index + 1}`);

const matchesName = (name: string, event: string): boolean =>
  name === event || (name.endsWith('*') && event.startsWith(name.slice(0, -1)));

/** Types whose finding is one value or one chain: the record says it. */
const isOfOneMatch: ReadonlySet<string> = new Set(['new_value', 'temporal', 'temporal_ordered']);

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

  it('say what the attacker gains, how the attack is called, and what it is called in ATT&CK or CIS', () => {
    const silent = rules.filter(
      ({ description, title, attack, compliance }) =>
        !description || !title || (attack.length === 0 && Object.keys(compliance).length === 0),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('cover every item of CIS section 4 that events can tell', () => {
    const covered = new Set(rules.flatMap(({ compliance }) => compliance['cis-aws'] ?? []));
    expect(cisItems.filter((item) => !covered.has(item))).toEqual([]);
  });

  it('find what the coverage says they find: each event of a detection is one of its rules’', () => {
    const named = new Map(ruleSet.rules.map((rule) => [rule.id, rule.events] as const));
    const isSeen = (id: string, source: string, event: string): boolean => {
      const events = named.get(id);
      if (events === undefined) return true;
      const names = Object.hasOwn(events, source) ? events[source] : [];
      return names === '*' || (names ?? []).some((name) => matchesName(name, event));
    };
    const missed = Object.entries(ruleSet.coverage).flatMap(([id, { events = {}, rules: finders = [] }]) =>
      Object.entries(events).flatMap(([source, names]) =>
        (names === '*' ? ['*'] : names)
          .filter((name) => !finders.some((finder) => isSeen(finder, source, name)))
          .map((name) => `${id}: ${source} ${name}`),
      ),
    );
    expect(Object.keys(ruleSet.coverage)).not.toEqual([]);
    expect(missed).toEqual([]);
  });

  it('decide each detection once', () => {
    const ids = [...readFileSync('rules/coverage.json', 'utf8').matchAll(/^ {4}"(D\d+)":/gm)].map(([, id]) => id);
    expect(ids).toEqual(Object.keys(ruleSet.coverage));
    expect(ids).toEqual(ids.toSorted());
  });

  it('never say the same twice: no two have the same events and conditions', () => {
    const seen = new Map<string, string>();
    const twins = ruleSet.rules.flatMap(({ id, events, conditions, correlation }) => {
      const names = Object.entries(events ?? {}).map(([source, each]) => [
        source,
        typeof each === 'string' ? each : each.toSorted(),
      ]);
      const says = JSON.stringify([names.toSorted(), conditions, correlation]);
      const twin = seen.get(says);
      seen.set(says, id);
      return twin === undefined ? [] : [`${id} is ${twin}`];
    });
    expect(twins).toEqual([]);
  });

  it('tell people what to do wherever they are alerted', () => {
    const mute = rules.filter(({ severity, runbook }) => isAtLeast(severity, 'medium') && runbook === undefined);
    expect(mute.map(({ id }) => id)).toEqual([]);
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

  it('say what to do next where people are alerted', () => {
    const silent = rules.filter(
      ({ severity, runbook, signal }) => isAtLeast(severity, 'medium') && !signal && runbook === undefined,
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
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
