import type * as z from 'zod';
import { compileControls, complainOfCompliance, complainOfFramework, type PlacedRule } from './compliance.ts';
import { keepUsableCorrelations } from './correlation/references.ts';
import { type Coverage, coverageSchema } from './coverage.ts';
import { messageOf, type Problem } from './errors.ts';
import { type Framework, frameworkSchema } from './framework.ts';
import { parseJsonText } from './json-text.ts';
import { isJsonObject } from './record.ts';
import type { References } from './reference.ts';
import {
  type AnyRule,
  type CorrelationRule,
  correlationRuleSchema,
  hasConditions,
  type Rule,
  ruleSchema,
} from './rule.ts';
import {
  type Complaint,
  complainOfReferences,
  type Known,
  keepUsableConditions,
  noSuchFile,
  whatThereIs,
} from './rule-references.ts';
import { type RuleTest, ruleTestSchema } from './rule-test.ts';
import { renderIssue } from './schema-issue.ts';
import { listSchema, sharedConditionSchema } from './shared-condition.ts';
import { type Suppression, suppressionSchema, suppressionsSchema } from './suppression.ts';
import { isExpired } from './suppression-reach.ts';

/** A file below `rules/`, path with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** Everything below `rules/` that is usable: it compiles. */
export type RuleSet = References & {
  readonly rules: readonly Rule[];
  readonly correlationRules: readonly CorrelationRule[];
  readonly suppressions: readonly Suppression[];
  /** Detection id -> what became of it. */
  readonly coverage: Coverage['detections'];
  /** How many detections are known, and the techniques that no rule finds. */
  readonly coverageScope: Pick<Coverage, 'families' | 'techniques'>;
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly tests: ReadonlyMap<string, RuleTest>;
  readonly fixtures: ReadonlyMap<string, unknown>;
  /** Rule id -> the file it is in. */
  readonly files: ReadonlyMap<string, string>;
};

/** What can be used, and everything that is wrong with the rest: one bad file never hides another. */
export type ParsedRuleSet = { readonly ruleSet: RuleSet; readonly problems: readonly Problem[] };

const word = '[a-z0-9]+(?:-[a-z0-9]+)*';
const places = [
  ['schema', /\.schema\.json$/],
  ['suppressions', /^suppressions\.json$/],
  ['coverage', /^coverage\.json$/],
  ['framework', new RegExp(`^frameworks/${word}\\.json$`)],
  ['condition', new RegExp(`^conditions/${word}\\.json$`)],
  ['list', new RegExp(`^lists/${word}\\.json$`)],
  ['fixture', new RegExp(`^fixtures/${word}/${word}\\.json$`)],
  ['test', new RegExp(`^(?!(?:conditions|frameworks|lists|fixtures)/)${word}/${word}\\.test\\.json$`)],
  ['rule', new RegExp(`^(?!(?:conditions|frameworks|lists|fixtures)/)${word}/${word}\\.json$`)],
] as const satisfies readonly (readonly [string, RegExp])[];
type Kind = (typeof places)[number][0] | 'unknown';

const allPlaces =
  '<service>/<id>.json, <service>/<id>.test.json, fixtures/<service>/<name>.json, conditions/<name>.json, lists/<name>.json, frameworks/<name>.json, suppressions.json and coverage.json, in lower-case words joined by hyphens';

/** What a file below `rules/` is, by its place. */
export const kindOf = (path: string): Kind => places.find(([, place]) => place.test(path))?.[0] ?? 'unknown';

const noCoverage: Coverage = { families: {}, techniques: {}, detections: {} };

const folderOf = (path: string): string => path.split('/', 1)[0] ?? '';
const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/(?:\.test)?\.json$/, '');

/** Parses all files below `rules/` and checks what they say of each other. */
export const parseRuleSet = (files: readonly SourceFile[]): ParsedRuleSet => {
  const problems: Problem[] = [];
  const report = (file: string, { path, message }: Complaint): void => {
    problems.push({ file, path, message });
  };

  const kinds = new Map(files.map(({ path }) => [path, kindOf(path)]));
  const parsed = new Map<string, unknown>();
  for (const { path, text } of files) {
    if (kinds.get(path) === 'unknown') {
      report(path, { path: '', message: `not a place for a file; there are ${allPlaces}` });
      continue;
    }
    try {
      parsed.set(path, parseJsonText(text));
    } catch (error) {
      report(path, { path: '', message: messageOf(error) });
    }
  }
  const ofKind = (kind: Kind): [string, unknown][] => [...parsed].filter(([path]) => kinds.get(path) === kind);
  const pathsOf = (kind: Kind): readonly string[] => [...kinds.keys()].filter((path) => kinds.get(path) === kind);
  const namesOf = (kind: Kind): ReadonlySet<string> => new Set(pathsOf(kind).map(nameOf));
  const read = <T>(path: string, value: unknown, schema: z.ZodType<T>): T | undefined => {
    const result = schema.safeParse(value);
    for (const issue of result.error?.issues ?? []) report(path, renderIssue(issue));
    return result.data;
  };
  const readAll = <T>(kind: Kind, schema: z.ZodType<T>): [string, T][] =>
    ofKind(kind).flatMap(([path, value]) => {
      const data = read(path, value, schema);
      return data === undefined ? [] : [[path, data] as [string, T]];
    });

  const lists = new Map(readAll('list', listSchema).map(([path, list]) => [nameOf(path), list.values]));
  const shared = new Map(
    readAll('condition', sharedConditionSchema).map(([path, { conditions }]) => [nameOf(path), conditions]),
  );
  const named = { lists, files: { conditions: namesOf('condition'), lists: namesOf('list') } };
  const conditions = keepUsableConditions(shared, named, (name, complaint) =>
    report(`conditions/${name}.json`, complaint),
  );
  const known: Known = { ...named, conditions };

  const parsedRules: AnyRule[] = [];
  const fileOf = new Map<string, string>();
  const ruleOf = (path: string, value: unknown): AnyRule | undefined =>
    correlatesOthers(value) ? read(path, value, correlationRuleSchema) : read(path, value, ruleSchema);
  for (const [path, value] of ofKind('rule')) {
    const rule = ruleOf(path, value);
    if (rule === undefined) continue;
    const complaints = [
      ...complainOfId(rule, path, fileOf.get(rule.id)),
      ...(hasConditions(rule) ? complainOfReferences(rule.conditions, 'conditions', known) : []),
    ];
    for (const complaint of complaints) report(path, complaint);
    if (complaints.length > 0) continue;
    fileOf.set(rule.id, path);
    parsedRules.push(rule);
  }
  const usable = keepUsableCorrelations(parsedRules, namesOf('rule'), ({ id }, complaint) => {
    report(fileOf.get(id) ?? id, complaint);
    fileOf.delete(id);
  });

  const fixtures = new Map<string, unknown>();
  for (const [path, value] of ofKind('fixture')) {
    if (isJsonObject(value)) fixtures.set(fixtureNameOf(path), value);
    else report(path, { path: '', message: 'expected a CloudTrail record, which is a JSON object' });
  }
  const fixtureFiles = new Set(pathsOf('fixture').map(fixtureNameOf));
  const tests = new Map<string, RuleTest>();
  for (const [path, test] of readAll('test', ruleTestSchema)) {
    const tested = path.replace(/\.test\.json$/, '.json');
    if (!kinds.has(tested)) report(path, { path: '', message: 'tests no rule: there is none of its name beside it' });
    if (fileOf.get(nameOf(path)) === tested) tests.set(nameOf(path), test);
    for (const complaint of complainOfTest(test, fixtures, fixtureFiles, known)) report(path, complaint);
  }
  for (const path of fileOf.values()) {
    const test = path.replace(/\.json$/, '.test.json');
    if (!kinds.has(test)) report(path, { path: '', message: `has no test file; write ${test} beside it` });
  }

  const suppressions = ofKind('suppressions').flatMap(([path, value]) => {
    read(path, value, suppressionsSchema);
    return entriesOf(value).flatMap((entry, index) => {
      const { data } = suppressionSchema.safeParse(entry);
      if (data === undefined) return [];
      const at = `suppressions[${index}]`;
      const complaints = [
        ...complainOfTarget(data, at, usable),
        ...complainOfReferences(data.when, `${at}.when`, known),
      ];
      for (const complaint of complaints) report(path, complaint);
      return complaints.length === 0 ? [data] : [];
    });
  });

  const [[coveragePath, { detections: coverage, families, techniques }] = ['', noCoverage]] = readAll(
    'coverage',
    coverageSchema,
  );
  for (const complaint of complainOfCoverage(coverage, namesOf('rule'))) report(coveragePath, complaint);

  const frameworks = new Map(
    readAll('framework', frameworkSchema)
      .map(([path, each]) => [nameOf(path), each] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const placed = usable.map((rule): PlacedRule => ({ rule, service: folderOf(fileOf.get(rule.id) ?? '') }));
  for (const [name, framework] of frameworks) {
    for (const complaint of complainOfFramework(framework, placed, frameworks))
      report(`frameworks/${name}.json`, complaint);
  }
  const controlsOf = compileControls(frameworks);
  const frameworkNames = namesOf('framework');
  const serving = placed.map(({ rule, service }) => {
    for (const complaint of complainOfCompliance(rule, frameworks, frameworkNames))
      report(fileOf.get(rule.id) ?? rule.id, complaint);
    return { ...rule, compliance: controlsOf({ rule, service }) };
  });

  return {
    ruleSet: {
      rules: serving.filter(hasConditions),
      correlationRules: serving.filter((rule): rule is CorrelationRule => !hasConditions(rule)),
      conditions,
      lists,
      suppressions,
      coverage,
      coverageScope: { families, techniques },
      frameworks,
      tests,
      fixtures,
      files: fileOf,
    },
    problems,
  };
};

/** Suppressions that no longer work at a time (ms since 1970). */
export const expiredSuppressions = (ruleSet: RuleSet, now: number): readonly Problem[] =>
  ruleSet.suppressions
    .filter((suppression) => isExpired(suppression, now))
    .map(({ rule, tag, expires, owner }) => ({
      file: 'suppressions.json',
      path: `suppression of ${[rule ?? `tag ${tag}`].flat().join(', ')}`,
      message: `expired on ${expires} and no longer works; ask ${owner} to renew or remove it`,
    }));

/** Every rule that an author can name, with conditions or about others. */
export const allRulesOf = ({
  rules,
  correlationRules,
}: Pick<RuleSet, 'rules' | 'correlationRules'>): readonly AnyRule[] => [...rules, ...correlationRules];

/** A file without conditions that correlates: whichever it forgot, it is held to the form that it looks like. */
const correlatesOthers = (value: unknown): boolean =>
  isJsonObject(value) && value.correlation !== undefined && value.conditions === undefined;

const fixtureNameOf = (path: string): string => path.slice('fixtures/'.length, -'.json'.length);

/** One bad suppression does not take the others with it. */
const entriesOf = (value: unknown): readonly unknown[] =>
  isJsonObject(value) && Array.isArray(value.suppressions) ? value.suppressions : [];

const complainOfId = ({ id }: AnyRule, path: string, other: string | undefined): readonly Complaint[] => {
  const folder = folderOf(path);
  return [
    id === nameOf(path) ? undefined : `"${id}" must equal the file name "${nameOf(path)}"`,
    id.startsWith(`${folder}-`) ? undefined : `must begin with "${folder}-", the folder's service`,
    other === undefined ? undefined : `"${id}" is already the id of ${other}`,
  ].flatMap((message) => (message === undefined ? [] : [{ path: 'id', message }]));
};

const complainOfTest = (
  { fixture, lists, cases }: RuleTest,
  fixtures: ReadonlyMap<string, unknown>,
  fixtureFiles: ReadonlySet<string>,
  known: Known,
): readonly Complaint[] => {
  const used = [
    { path: 'fixture', name: fixture },
    ...cases.flatMap((each, index) =>
      each.fixture === undefined ? [] : [{ path: `cases[${index}].fixture`, name: each.fixture }],
    ),
  ];
  const unknownLists = Object.keys(lists).filter((name) => !known.lists.has(name));
  return [
    ...used.flatMap(({ path, name }) =>
      fixtures.has(name) ? [] : [{ path, message: noSuchFile('fixtures', name, fixtureFiles) }],
    ),
    ...unknownLists.map((name) => ({
      path: `lists.${name}`,
      message: noSuchFile('lists', name, known.files.lists),
    })),
  ];
};

const complainOfCoverage = (detections: Coverage['detections'], names: ReadonlySet<string>): readonly Complaint[] =>
  Object.entries(detections).flatMap(([id, { rules = [] }]) =>
    rules.flatMap((name, index) =>
      names.has(name)
        ? []
        : [
            {
              path: `detections.${id}.rules[${index}]`,
              message: `there is no rule "${name}"${whatThereIs(name, names)}`,
            },
          ],
    ),
  );

const complainOfTarget = ({ rule, tag }: Suppression, at: string, rules: readonly AnyRule[]): readonly Complaint[] => {
  const ids = new Set(rules.map(({ id }) => id));
  const tags = new Set(rules.flatMap((each) => each.tags));
  return [
    ...(tag === undefined || tags.has(tag)
      ? []
      : [{ path: `${at}.tag`, message: `no rule has the tag "${tag}"${whatThereIs(tag, tags)}` }]),
    ...[rule ?? []]
      .flat()
      .filter((id) => !ids.has(id))
      .map((id) => ({ path: `${at}.rule`, message: `there is no rule "${id}"${whatThereIs(id, ids)}` })),
  ];
};
