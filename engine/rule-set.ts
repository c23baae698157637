import type * as z from 'zod';
import type { References } from './compile.ts';
import { type Condition, visitCondition } from './condition.ts';
import { messageOf, type Problem } from './errors.ts';
import { isListReference } from './leaf-value.ts';
import { type Rule, ruleSchema } from './rule.ts';
import { type RuleTest, ruleTestSchema } from './rule-test.ts';
import { listSchema, sharedConditionSchema } from './shared-condition.ts';
import { isExpired, type Suppression, suppressionsSchema } from './suppression.ts';

/** A file below `rules/`, path with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** Everything below `rules/` that is usable. */
export type RuleSet = References & {
  readonly rules: readonly Rule[];
  readonly suppressions: readonly Suppression[];
  readonly tests: ReadonlyMap<string, RuleTest>;
  readonly fixtures: ReadonlyMap<string, unknown>;
  /** Rule id -> the file it is in. */
  readonly files: ReadonlyMap<string, string>;
};

/** What can be used, and everything that is wrong with the rest: one bad file never hides another. */
export type ParsedRuleSet = { readonly ruleSet: RuleSet; readonly problems: readonly Problem[] };

type Kind = 'schema' | 'condition' | 'list' | 'fixture' | 'suppressions' | 'test' | 'rule' | 'unknown';

/** What a file below `rules/` is, by its place. */
export const kindOf = (path: string): Kind => {
  if (path.endsWith('.schema.json')) return 'schema';
  if (path === 'suppressions.json') return 'suppressions';
  const [folder, , ...deeper] = path.split('/');
  if (folder === 'fixtures') return 'fixture';
  if (deeper.length > 0 || !path.includes('/') || !path.endsWith('.json')) return 'unknown';
  if (folder === 'conditions') return 'condition';
  if (folder === 'lists') return 'list';
  return path.endsWith('.test.json') ? 'test' : 'rule';
};

const nameOf = (path: string): string =>
  path
    .split('/')
    .at(-1)
    ?.replace(/(?:\.test)?\.json$/, '') ?? path;

/** Parses all files below `rules/` and checks what they say of each other. */
export const parseRuleSet = (files: readonly SourceFile[]): ParsedRuleSet => {
  const problems: Problem[] = [];
  const report = (file: string, path: string, message: string): void => {
    problems.push({ file, path, message });
  };

  const parsed = new Map<string, unknown>();
  for (const { path, text } of files) {
    try {
      parsed.set(path, JSON.parse(text));
    } catch (error) {
      report(path, '', describeSyntaxError(text, messageOf(error)));
    }
  }
  const ofKind = (kind: Kind): [string, unknown][] => [...parsed].filter(([path]) => kindOf(path) === kind);
  const read = <T>(path: string, value: unknown, schema: z.ZodType<T>): T | undefined => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) report(path, renderPath(issue.path), explainIssue(issue));
    return undefined;
  };
  const readAll = <T>(kind: Kind, schema: z.ZodType<T>): [string, T][] =>
    ofKind(kind).flatMap(([path, value]) => {
      const data = read(path, value, schema);
      return data === undefined ? [] : [[path, data] as [string, T]];
    });

  for (const [path] of ofKind('unknown')) {
    report(path, '', 'not a place for a file: rules are <service>/<id>.json, see rules/README.md');
  }
  const lists = new Map(readAll('list', listSchema).map(([path, list]) => [nameOf(path), list.values]));
  const shared = readAll('condition', sharedConditionSchema);
  const conditions = new Map(shared.map(([path, { conditions: tree }]) => [nameOf(path), tree]));
  for (const [path, { conditions: tree }] of shared) {
    checkReferences(tree, 'conditions', { conditions, lists }, (at, message) => report(path, at, message));
    if (reaches(nameOf(path), tree, conditions)) {
      report(path, 'conditions', 'refers to itself, directly or through others');
      conditions.delete(nameOf(path));
    }
  }

  const fixtures = new Map(
    ofKind('fixture').map(([path, value]) => [path.slice('fixtures/'.length, -'.json'.length), value]),
  );
  const tests = new Map(readAll('test', ruleTestSchema).map(([path, test]) => [nameOf(path), test]));

  const rules: Rule[] = [];
  const fileOf = new Map<string, string>();
  for (const [path, rule] of readAll('rule', ruleSchema)) {
    const before = problems.length;
    const reportHere = (at: string, message: string) => report(path, at, message);
    const [folder = ''] = path.split('/');
    if (rule.id !== nameOf(path)) reportHere('id', `"${rule.id}" must equal the file name "${nameOf(path)}"`);
    if (!rule.id.startsWith(`${folder}-`)) reportHere('id', `must begin with "${folder}-", the folder's service`);
    const other = fileOf.get(rule.id);
    if (other !== undefined) reportHere('id', `"${rule.id}" is already the id of ${other}`);
    checkReferences(rule.conditions, 'conditions', { conditions, lists }, reportHere);
    if (problems.length > before) continue;
    fileOf.set(rule.id, path);
    rules.push(rule);
  }

  const suppressions = ofKind('suppressions').flatMap(([path, value]) => {
    const data = read(path, value, suppressionsSchema)?.suppressions ?? [];
    return data.filter((suppression, index) => {
      const before = problems.length;
      const at = `suppressions[${index}]`;
      checkTarget(suppression, rules, (field, message) => report(path, `${at}.${field}`, message));
      checkReferences(suppression.when, `${at}.when`, { conditions, lists }, (field, message) =>
        report(path, field, message),
      );
      return problems.length === before;
    });
  });

  const testedFiles = new Set(files.map(({ path }) => path));
  for (const path of fileOf.values()) {
    const testPath = path.replace(/\.json$/, '.test.json');
    if (!testedFiles.has(testPath)) report(path, '', `has no test file; write ${testPath} beside it`);
  }
  for (const [path] of ofKind('test')) {
    if (!testedFiles.has(path.replace(/\.test\.json$/, '.json')))
      report(path, '', 'tests no rule: there is none of its name beside it');
  }
  return { ruleSet: { rules, conditions, lists, suppressions, tests, fixtures, files: fileOf }, problems };
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

type ReportAt = (path: string, message: string) => void;

const checkReferences = (tree: Condition, path: string, { conditions, lists }: References, report: ReportAt): void => {
  visitCondition(tree, path, (node, at) => {
    if ('condition' in node && !conditions.has(node.condition)) {
      report(`${at}.condition`, `there is no rules/conditions/${node.condition}.json${known(conditions)}`);
    }
    if ('fact' in node && isListReference(node.value) && !lists.has(node.value.list)) {
      report(`${at}.value.list`, `there is no rules/lists/${node.value.list}.json${known(lists)}`);
    }
  });
};

const known = (names: ReadonlyMap<string, unknown>): string =>
  names.size === 0 ? '' : `; there are ${[...names.keys()].join(', ')}`;

const checkTarget = (suppression: Suppression, rules: readonly Rule[], report: ReportAt): void => {
  if (suppression.tag !== undefined && !rules.some((rule) => rule.tags.includes(suppression.tag as string))) {
    report('tag', `no rule has the tag "${suppression.tag}"`);
  }
  for (const id of [suppression.rule ?? []].flat()) {
    if (!rules.some((rule) => rule.id === id)) report('rule', `there is no rule "${id}"`);
  }
};

/** Whether a shared condition leads back to itself. */
const reaches = (
  name: string,
  tree: Condition,
  conditions: References['conditions'],
  seen = new Set<string>(),
): boolean => {
  let found = false;
  visitCondition(tree, '', (node) => {
    if (found || !('condition' in node)) return;
    const next = conditions.get(node.condition);
    found = node.condition === name;
    if (found || next === undefined || seen.has(node.condition)) return;
    seen.add(node.condition);
    found = reaches(name, next, conditions, seen);
  });
  return found;
};

const renderPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = String(step);
    if (!/^[\w$-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');

const explainIssue = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${keys}`;
  }
  if (issue.code === 'invalid_value')
    return `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  return issue.message;
};

/** V8 names the line and column of most syntax errors; of a text that ends too early it names neither. */
const describeSyntaxError = (text: string, message: string): string => {
  if (/\(line \d+ column \d+\)/.test(message)) return message.replace(/ at position \d+ \(/, ' (');
  const lines = text.split('\n');
  return `${message} (line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1})`;
};
