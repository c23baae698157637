import { compileControls, complainOfCompliance, complainOfFramework, type PlacedRule } from './compliance.ts';
import { keepUsableCorrelations } from './correlation/references.ts';
import { type Coverage, coverageSchema } from './coverage.ts';
import type { Problem } from './errors.ts';
import { type Framework, frameworkSchema } from './framework.ts';
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
import { folderOf, nameOf, type Report, type RuleFiles, type SourceFile, sortRuleFiles } from './rule-files.ts';
import { complainOfReferences, type Known, keepUsableConditions } from './rule-references.ts';
import { complainOfCoverage, complainOfId, complainOfTarget, complainOfTest } from './rule-set-complaints.ts';
import { type RuleTest, ruleTestSchema } from './rule-test.ts';
import { listSchema, sharedConditionSchema } from './shared-condition.ts';
import { type Suppression, suppressionSchema, suppressionsSchema } from './suppression.ts';
import { isExpired } from './suppression-reach.ts';

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

/** Parses all files below `rules/` and checks what they say of each other. */
export const parseRuleSet = (sources: readonly SourceFile[]): ParsedRuleSet => {
  const problems: Problem[] = [];
  const report: Report = (file, { path, message }) => {
    problems.push({ file, path, message });
  };
  const files = sortRuleFiles(sources, report);
  const known = parseKnown(files, report);
  const { rules: parsed, fileOf } = parseRules(files, known, report);
  const { tests, fixtures } = parseTests(files, fileOf, known, report);
  const suppressions = parseSuppressions(files, parsed, known, report);
  const { detections: coverage, ...coverageScope } = parseCoverage(files, report);
  const { frameworks, rules } = serveFrameworks(files, parsed, fileOf, report);
  return {
    ruleSet: {
      rules: rules.filter(hasConditions),
      correlationRules: rules.filter((rule): rule is CorrelationRule => !hasConditions(rule)),
      conditions: known.conditions,
      lists: known.lists,
      suppressions,
      coverage,
      coverageScope,
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

/** The lists and shared conditions that rules may refer to. */
const parseKnown = (files: RuleFiles, report: Report): Known => {
  const lists = new Map(files.parseAll('list', listSchema).map(([path, { values }]) => [nameOf(path), values]));
  const shared = new Map(
    files.parseAll('condition', sharedConditionSchema).map(([path, { conditions }]) => [nameOf(path), conditions]),
  );
  const named = { lists, files: { conditions: files.namesOf('condition'), lists: files.namesOf('list') } };
  const conditions = keepUsableConditions(shared, named, (name, complaint) =>
    report(`conditions/${name}.json`, complaint),
  );
  return { ...named, conditions };
};

/** The rules, and which file each is in. */
const parseRules = (files: RuleFiles, known: Known, report: Report) => {
  const rules: AnyRule[] = [];
  const fileOf = new Map<string, string>();
  for (const [path, value] of files.ofKind('rule')) {
    const rule: AnyRule | undefined = correlatesOthers(value)
      ? files.parse(path, value, correlationRuleSchema)
      : files.parse(path, value, ruleSchema);
    if (rule === undefined) continue;
    const complaints = [
      ...complainOfId(rule, path, fileOf.get(rule.id)),
      ...(hasConditions(rule) ? complainOfReferences(rule.conditions, 'conditions', known) : []),
    ];
    for (const complaint of complaints) report(path, complaint);
    if (complaints.length > 0) continue;
    fileOf.set(rule.id, path);
    rules.push(rule);
  }
  const usable = keepUsableCorrelations(rules, files.namesOf('rule'), ({ id }, complaint) => {
    report(fileOf.get(id) ?? id, complaint);
    fileOf.delete(id);
  });
  return { rules: usable, fileOf };
};

/** A file without conditions that correlates: whichever it forgot, it is held to the form that it looks like. */
const correlatesOthers = (value: unknown): boolean =>
  isJsonObject(value) && value.correlation !== undefined && value.conditions === undefined;

/** The tests of usable rules by their ids, and the fixtures by their names. */
const parseTests = (files: RuleFiles, fileOf: ReadonlyMap<string, string>, known: Known, report: Report) => {
  const fixtures = new Map<string, unknown>();
  for (const [path, value] of files.ofKind('fixture')) {
    if (isJsonObject(value)) fixtures.set(nameOf(path), value);
    else report(path, { path: '', message: 'expected a CloudTrail record, which is a JSON object' });
  }
  const tests = new Map<string, RuleTest>();
  for (const [path, test] of files.parseAll('test', ruleTestSchema)) {
    const tested = path.replace(/\.test\.json$/, '.json');
    if (!files.has(tested)) report(path, { path: '', message: 'tests no rule: there is none of its name beside it' });
    if (fileOf.get(nameOf(path)) === tested) tests.set(nameOf(path), test);
    for (const complaint of complainOfTest(test, fixtures, files.namesOf('fixture'), known)) report(path, complaint);
  }
  for (const path of fileOf.values()) {
    const test = path.replace(/\.json$/, '.test.json');
    if (!files.has(test)) report(path, { path: '', message: `has no test file; write ${test} beside it` });
  }
  return { tests, fixtures };
};

const parseSuppressions = (
  files: RuleFiles,
  rules: readonly AnyRule[],
  known: Known,
  report: Report,
): readonly Suppression[] =>
  files.ofKind('suppressions').flatMap(([path, value]) => {
    files.parse(path, value, suppressionsSchema);
    return entriesOf(value).flatMap((entry, index) => {
      const { data } = suppressionSchema.safeParse(entry);
      if (data === undefined) return [];
      const at = `suppressions[${index}]`;
      const complaints = [
        ...complainOfTarget(data, at, rules),
        ...complainOfReferences(data.when, `${at}.when`, known),
      ];
      for (const complaint of complaints) report(path, complaint);
      return complaints.length === 0 ? [data] : [];
    });
  });

/** One bad suppression does not take the others with it. */
const entriesOf = (value: unknown): readonly unknown[] =>
  isJsonObject(value) && Array.isArray(value.suppressions) ? value.suppressions : [];

const noCoverage: Coverage = { families: {}, techniques: {}, detections: {} };

const parseCoverage = (files: RuleFiles, report: Report): Omit<Coverage, '$schema'> => {
  const [[path, { detections, families, techniques }] = ['', noCoverage]] = files.parseAll('coverage', coverageSchema);
  for (const complaint of complainOfCoverage(detections, files.namesOf('rule'))) report(path, complaint);
  return { detections, families, techniques };
};

/** The frameworks, and the rules with the controls of these that they serve. */
const serveFrameworks = (
  files: RuleFiles,
  rules: readonly AnyRule[],
  fileOf: ReadonlyMap<string, string>,
  report: Report,
) => {
  const frameworks = new Map(
    files
      .parseAll('framework', frameworkSchema)
      .map(([path, each]) => [nameOf(path), each] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const placed = rules.map((rule): PlacedRule => ({ rule, service: folderOf(fileOf.get(rule.id) ?? '') }));
  for (const [name, framework] of frameworks) {
    for (const complaint of complainOfFramework(framework, placed, frameworks))
      report(`frameworks/${name}.json`, complaint);
  }
  const controlsOf = compileControls(frameworks);
  const named = files.namesOf('framework');
  const serving = placed.map(({ rule, service }) => {
    for (const complaint of complainOfCompliance(rule, frameworks, named))
      report(fileOf.get(rule.id) ?? rule.id, complaint);
    return { ...rule, compliance: controlsOf({ rule, service }) };
  });
  return { frameworks, rules: serving };
};
