import { messageOf, type Problem } from './errors.ts';
import { parseFieldPath, readField } from './field.ts';
import { remediations } from './remediations/index.ts';
import type { Rule } from './rule.ts';
import type { Complaint } from './rule-references.ts';
import type { RuleSet } from './rule-set.ts';
import { type RuleTest, recordOfCase } from './rule-test.ts';
import { isAtLeast } from './severity.ts';
import { placesOf } from './template.ts';

/** Knows which events AWS has, so that a rule which can never fire is refused. */
export type EventCatalog = {
  readonly knowsSource: (source: string) => boolean;
  readonly knowsEvent: (source: string, name: string) => boolean;
  readonly closestSource: (source: string) => string | undefined;
  readonly closestEvent: (source: string, name: string) => string | undefined;
};

/** What must hold for every rule beyond its own form. */
export const lintRuleSet = (ruleSet: RuleSet, catalog: EventCatalog): readonly Problem[] =>
  ruleSet.rules.flatMap((rule) => {
    const file = ruleSet.files.get(rule.id) ?? rule.id;
    const test = ruleSet.tests.get(rule.id);
    const own = [...lintEvents(rule, catalog), ...lintRunbook(rule), ...lintDedup(rule), ...lintAnswers(rule)].map(
      (problem) => ({
        file,
        ...problem,
      }),
    );
    const testFile = file.replace(/\.json$/, '.test.json');
    const ofTest =
      test === undefined ? [] : lintTest(rule, test, ruleSet).map((problem) => ({ file: testFile, ...problem }));
    return [...own, ...ofTest];
  });

const hint = (near: string | undefined): string => (near === undefined ? '' : `; did you mean "${near}"?`);

const lintEvents = (rule: Rule, catalog: EventCatalog): readonly Complaint[] =>
  Object.entries(rule.events ?? {}).flatMap(([source, names]): Complaint[] => {
    const path = `events[${JSON.stringify(source)}]`;
    if (!catalog.knowsSource(source)) {
      return [{ path, message: `"${source}" is not an event source of AWS${hint(catalog.closestSource(source))}` }];
    }
    return (names === '*' ? [] : names).flatMap((name, index) =>
      catalog.knowsEvent(source, name)
        ? []
        : [
            {
              path: `${path}[${index}]`,
              message: `${source} has no event "${name}"${hint(catalog.closestEvent(source, name))}`,
            },
          ],
    );
  });

const lintRunbook = (rule: Rule): readonly Complaint[] =>
  isAtLeast(rule.severity, 'high') && rule.runbook === undefined
    ? [{ path: 'runbook', message: `a rule of severity "${rule.severity}" wakes people; say what they should do next` }]
    : [];

const lintDedup = (rule: Rule): readonly Complaint[] =>
  rule.respond.remediate.length === 0 ||
  rule.dedup === undefined ||
  rule.dedup.by.some((path) => path.startsWith('userIdentity.'))
    ? []
    : [
        {
          path: 'dedup.by',
          message:
            'needs a field of "userIdentity.", since the rule responds: repeats are not answered, and a second intruder on the same resource would be one',
        },
      ];

/** Each call that puts something out of order needs an answer: repeats in a window are not answered. */
const lintAnswers = (rule: Rule): readonly Complaint[] => {
  const putsRight = rule.respond.remediate.find(({ run }) => remediations[run].actsOn === 'call');
  if (putsRight === undefined || rule.dedup === undefined || rule.dedup.by.includes('eventID')) return [];
  const message = `needs "eventID", since ${putsRight.run} puts right what a call did: repeats are not answered, and the next call would stay`;
  return [{ path: 'dedup.by', message }];
};

const lintTest = (rule: Rule, test: RuleTest, ruleSet: RuleSet): readonly Complaint[] => {
  const problems: Complaint[] = [];
  for (const expected of [true, false]) {
    if (!test.cases.some(({ matches }) => matches === expected)) {
      problems.push({ path: 'cases', message: `has no case with "matches": ${expected}` });
    }
  }
  const records: unknown[] = [];
  for (const [index, each] of test.cases.entries()) {
    const fixture = ruleSet.fixtures.get(each.fixture ?? test.fixture);
    if (fixture === undefined) continue;
    try {
      const record = recordOfCase(fixture, each);
      if (each.matches) records.push(record);
    } catch (error) {
      problems.push({ path: `cases[${index}]`, message: messageOf(error) });
    }
  }
  for (const key of ['message', 'runbook'] as const) {
    for (const path of placesOf(rule[key] ?? '').flat()) {
      if (records.length > 0 && records.every((record) => readField(record, parseFieldPath(path)) === undefined)) {
        problems.push({
          path: 'cases',
          message: `no matching case has the field {${path}} that the rule's ${key} names`,
        });
      }
    }
  }
  return problems;
};
