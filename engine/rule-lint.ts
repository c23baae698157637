import type { Condition } from './condition.ts';
import { parseKeyField, readKeyField } from './correlation/key-field.ts';
import { namesIn } from './correlation/references.ts';
import { fieldFor } from './correlation/source.ts';
import { correlationPlaces } from './correlation/summary.ts';
import { findDeadBranches } from './dead-branches.ts';
import { findDeadLeaves, isAboutRecords, parametersAt, type RequestCatalog } from './dead-leaves.ts';
import { messageOf, type Problem } from './errors.ts';
import { parseFieldPath, readField } from './field.ts';
import type { CloudTrailRecord } from './record.ts';
import { isSingleField } from './record-fields.ts';
import { remediations } from './remediations/index.ts';
import { type AnyRule, hasConditions, type Rule } from './rule.ts';
import { compileRules } from './rule-index.ts';
import type { Complaint } from './rule-references.ts';
import { recordsOfSequence } from './rule-sequence.ts';
import { allRulesOf, type RuleSet } from './rule-set.ts';
import { type RuleTest, recordOfCase } from './rule-test.ts';
import { isAtLeast } from './severity.ts';
import { placesOf } from './template.ts';
import { findTwins } from './twin-rules.ts';

/** Knows which events AWS has, so that a rule which can never fire is refused. */
export type EventCatalog = {
  readonly knowsSource: (source: string) => boolean;
  readonly knowsEvent: (source: string, name: string) => boolean;
  readonly closestSource: (source: string) => string | undefined;
  readonly closestEvent: (source: string, name: string) => string | undefined;
  /** The events of a source; `undefined` where not all of them are known. */
  readonly namesOf: (source: string) => ReadonlySet<string> | undefined;
  /** The sources that have an event of this name. */
  readonly sourcesOf: (name: string) => readonly string[];
};

/** What must hold for every rule beyond its own form. */
export const lintRuleSet = (ruleSet: RuleSet, catalog: EventCatalog & RequestCatalog): readonly Problem[] => [
  ...[...ruleSet.conditions].flatMap(([name, tree]) =>
    (isAboutRecords(tree) ? lintTree(tree, undefined, catalog) : []).map((complaint) => ({
      file: `conditions/${name}.json`,
      ...complaint,
    })),
  ),
  ...lintRules(ruleSet, catalog),
  ...findTwins(allRulesOf(ruleSet), ruleSet).map(({ rule, twin }) => ({
    file: ruleSet.files.get(rule.id) ?? rule.id,
    path: hasConditions(rule) ? 'conditions' : 'correlation',
    message: `fires on exactly what "${twin.id}" fires on; keep one of the two`,
  })),
];

const lintRules = (ruleSet: RuleSet, catalog: EventCatalog & RequestCatalog): readonly Problem[] =>
  allRulesOf(ruleSet).flatMap((rule) => {
    const file = ruleSet.files.get(rule.id) ?? rule.id;
    const test = ruleSet.tests.get(rule.id);
    const own = [
      ...(hasConditions(rule)
        ? [...lintEvents(rule, catalog), ...lintTree(rule.conditions, rule.events, catalog)]
        : []),
      ...lintRunbook(rule),
      ...lintDedup(rule),
      ...lintAnswers(rule),
      ...lintQuestions(rule),
      ...lintSignal(rule, ruleSet),
      ...lintPlaces(rule),
    ].map((problem) => ({
      file,
      ...problem,
    }));
    const testFile = file.replace(/\.json$/, '.test.json');
    const ofTest =
      test === undefined ? [] : lintTest(rule, test, ruleSet).map((problem) => ({ file: testFile, ...problem }));
    return [...own, ...ofTest];
  });

const elsewhere = (name: string, catalog: EventCatalog): string => {
  const sources = catalog.sourcesOf(name);
  return sources.length === 0 ? '' : `; it is an event of ${sources.slice(0, 3).join(', ')}`;
};

/** Fields, values and branches of a tree that can never matter. */
const lintTree = (tree: Condition, events: Rule['events'], requests: RequestCatalog): readonly Complaint[] => [
  ...findDeadLeaves(tree, 'conditions', events, requests),
  ...findDeadBranches(tree, 'conditions', (path) => {
    const found = parametersAt(path, events, requests)?.found ?? [];
    return found.length > 0 ? found.every(({ isSingle }) => isSingle) : isSingleField(path);
  }),
];

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
              message: `${source} has no event "${name}"${hint(catalog.closestEvent(source, name))}${elsewhere(name, catalog)}`,
            },
          ],
    );
  });

const lintRunbook = (rule: AnyRule): readonly Complaint[] =>
  isAtLeast(rule.severity, 'high') && !rule.signal && rule.status !== 'experimental' && rule.runbook === undefined
    ? [{ path: 'runbook', message: `a rule of severity "${rule.severity}" wakes people; say what they should do next` }]
    : [];

const lintDedup = (rule: AnyRule): readonly Complaint[] => {
  if (rule.respond.remediate.length === 0) return [];
  const by = rule.correlation?.groupBy ?? (rule.dedup !== undefined && 'by' in rule.dedup ? rule.dedup.by : undefined);
  if (by === undefined || by.some((path) => path.startsWith('userIdentity.'))) return [];
  return [
    {
      path: rule.correlation === undefined ? 'dedup.by' : 'correlation.groupBy',
      message:
        'needs a field of "userIdentity.", since the rule responds: repeats are not answered, and a second intruder on the same resource would be one',
    },
  ];
};

/** Each call that puts something out of order needs an answer: repeats in a window are not answered. */
const lintAnswers = (rule: AnyRule): readonly Complaint[] => {
  const putsRight = rule.respond.remediate.find(({ run }) => remediations[run].actsOn === 'call');
  const by = rule.dedup !== undefined && 'by' in rule.dedup ? rule.dedup.by : undefined;
  if (putsRight === undefined || by === undefined || by.includes('eventID')) return [];
  const message = `needs "eventID", since ${putsRight.run} puts right what a call did: repeats are not answered, and the next call would stay`;
  return [{ path: 'dedup.by', message }];
};

/** A question that nobody reads only expires. */
const lintQuestions = ({ respond }: AnyRule): readonly Complaint[] => {
  const asking = respond.remediate.find(({ run, mode }) => (mode ?? remediations[run].usually) === 'approve');
  if (asking === undefined || respond.notify === undefined || respond.notify.length > 0) return [];
  const message = `needs a destination, since ${asking.run} waits for approval: nobody would be asked`;
  return [{ path: 'respond.notify', message }];
};

/** A signal that nobody counts says nothing to anybody. */
const lintSignal = (rule: AnyRule, ruleSet: RuleSet): readonly Complaint[] => {
  if (!rule.signal) return [];
  if (allRulesOf(ruleSet).some(({ correlation }) => correlation?.rules?.includes(rule.id))) return [];
  return [
    {
      path: 'signal',
      message: 'no rule counts it; name it in the "rules" of a correlation, or let it speak for itself',
    },
  ];
};

const textsOf = (rule: AnyRule): readonly (readonly ['message' | 'runbook', string])[] =>
  (['message', 'runbook'] as const).flatMap((key) =>
    placesOf(rule[key] ?? '')
      .flat()
      .map((path) => [key, path] as const),
  );

const ofCorrelation = 'correlation.';

const lintPlaces = (rule: AnyRule): readonly Complaint[] =>
  textsOf(rule).flatMap(([path, place]) => {
    if (!place.startsWith(ofCorrelation)) return [];
    if (rule.correlation === undefined) return [{ path, message: `{${place}}: the rule has no "correlation"` }];
    const name = place.slice(ofCorrelation.length);
    if (correlationPlaces.some((known) => known === name)) return [];
    return [
      {
        path,
        message: `there is no {${place}}; there are ${correlationPlaces.map((known) => `{${ofCorrelation}${known}}`).join(', ')}`,
      },
    ];
  });

const lintTest = (rule: AnyRule, test: RuleTest, ruleSet: RuleSet): readonly Complaint[] => {
  const problems: Complaint[] = [];
  for (const message of rule.correlation === undefined ? missingCases(test) : missingSequences(test)) {
    problems.push({ path: 'cases', message });
  }
  const records: CloudTrailRecord[] = [];
  const fixtureOf = (name = test.fixture): unknown => ruleSet.fixtures.get(name);
  for (const [index, each] of test.cases.entries()) {
    const { sequence } = each;
    const names = sequence === undefined ? [each.fixture] : [undefined, ...sequence.map(({ fixture }) => fixture)];
    if (names.some((name) => fixtureOf(name) === undefined)) continue;
    try {
      const all =
        sequence === undefined ? [recordOfCase(fixtureOf(each.fixture), each)] : recordsOfSequence(sequence, fixtureOf);
      if (each.matches || (each.findings ?? 0) > 0) records.push(...(all as CloudTrailRecord[]));
    } catch (error) {
      problems.push({ path: `cases[${index}]`, message: messageOf(error) });
    }
  }
  const lacks = (path: string): boolean =>
    records.length > 0 && records.every((record) => readField(record, parseFieldPath(path)) === undefined);
  for (const [key, path] of textsOf(rule)) {
    if (path.startsWith(ofCorrelation) || !lacks(path)) continue;
    problems.push({ path: 'cases', message: `no matching case has the field {${path}} that the rule's ${key} names` });
  }
  return [...problems, ...(records.length === 0 ? [] : lintGroups(rule, records, ruleSet))];
};

const missingCases = (test: RuleTest): readonly string[] =>
  [true, false]
    .filter((expected) => !test.cases.some(({ matches }) => matches === expected))
    .map((expected) => `has no case with "matches": ${expected}`);

const missingSequences = (test: RuleTest): readonly string[] => [
  ...(test.cases.some(({ findings = 0 }) => findings > 0) ? [] : ['has no "sequence" that makes a finding']),
  ...(test.cases.some(({ findings }) => findings === 0)
    ? []
    : ['has no "sequence" with "findings": 0, which just falls short']),
];

/** A match without a field of `groupBy` does not count: where no record has it, nothing ever will. */
const lintGroups = (rule: AnyRule, records: readonly CloudTrailRecord[], ruleSet: RuleSet): readonly Complaint[] => {
  const { correlation } = rule;
  if (correlation === undefined) return [];
  const rules = new Map(ruleSet.rules.map((each) => [each.id, each]));
  return (correlation.rules ?? [rule.id]).flatMap((id) => {
    const source = rules.get(id);
    if (source === undefined || (source.correlation !== undefined && id !== rule.id)) return [];
    const [matcher] = compileRules([source], ruleSet).rules;
    const matching = records.filter((record) => matcher?.matches(record));
    return namesIn(correlation).flatMap(({ name }) => {
      const field = fieldFor(name, id, correlation);
      if (matching.length === 0 || field === undefined) return [];
      const key = parseKeyField(field);
      if (matching.some((record) => readKeyField(record, key).length > 0)) return [];
      return [
        {
          path: 'cases',
          message: `no record that "${id}" matches has the field "${field}" that the correlation counts by`,
        },
      ];
    });
  });
};
