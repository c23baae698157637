import type { Coverage } from './coverage.ts';
import type { AnyRule } from './rule.ts';
import { folderOf, nameOf } from './rule-files.ts';
import { type Complaint, type Known, noSuchFile, whatThereIs } from './rule-references.ts';
import type { RuleTest } from './rule-test.ts';
import type { Suppression } from './suppression.ts';

/** What is wrong with the id of a rule at a place; `other` is a file that has the same. */
export const complainOfId = ({ id }: AnyRule, path: string, other: string | undefined): readonly Complaint[] => {
  const folder = folderOf(path);
  return [
    id === nameOf(path) ? undefined : `"${id}" must equal the file name "${nameOf(path)}"`,
    id.startsWith(`${folder}-`) ? undefined : `must begin with "${folder}-", the folder's service`,
    other === undefined ? undefined : `"${id}" is already the id of ${other}`,
  ].flatMap((message) => (message === undefined ? [] : [{ path: 'id', message }]));
};

/** What a test names that is not there: fixtures and lists. */
export const complainOfTest = (
  test: RuleTest,
  fixtures: ReadonlyMap<string, unknown>,
  fixtureFiles: ReadonlySet<string>,
  known: Known,
): readonly Complaint[] => {
  const unknownLists = Object.keys(test.lists).filter((name) => !known.lists.has(name));
  return [
    ...fixturesIn(test).flatMap(({ path, name }) =>
      fixtures.has(name) ? [] : [{ path, message: noSuchFile('fixtures', name, fixtureFiles) }],
    ),
    ...unknownLists.map((name) => ({
      path: `lists.${name}`,
      message: noSuchFile('lists', name, known.files.lists),
    })),
  ];
};

/** Every place of a test that names a fixture. */
const fixturesIn = ({ fixture, cases }: RuleTest): readonly { readonly path: string; readonly name: string }[] =>
  [
    { path: 'fixture', name: fixture },
    ...cases.flatMap((each, index) => [
      { path: `cases[${index}].fixture`, name: each.fixture },
      ...(each.sequence ?? []).map((step, at) => ({
        path: `cases[${index}].sequence[${at}].fixture`,
        name: step.fixture,
      })),
    ]),
  ].flatMap(({ path, name }) => (name === undefined ? [] : [{ path, name }]));

/** The rules that `rules/coverage.json` names and that are not there. */
export const complainOfCoverage = (
  detections: Coverage['detections'],
  names: ReadonlySet<string>,
): readonly Complaint[] =>
  Object.entries(detections).flatMap(([id, { rules = [] }]) =>
    complainOfRules(rules, names, (index) => `detections.${id}.rules[${index}]`),
  );

/** The rules and tags that a suppression names and that are not there. */
export const complainOfTarget = (
  { rule, tag }: Suppression,
  at: string,
  rules: readonly AnyRule[],
): readonly Complaint[] => {
  const ids = new Set(rules.map(({ id }) => id));
  const tags = new Set(rules.flatMap((each) => each.tags));
  return [
    ...(tag === undefined || tags.has(tag)
      ? []
      : [{ path: `${at}.tag`, message: `no rule has the tag "${tag}"${whatThereIs(tag, tags)}` }]),
    ...(Array.isArray(rule)
      ? complainOfRules(rule, ids, (index) => `${at}.rule[${index}]`)
      : complainOfRules(rule === undefined ? [] : [rule], ids, () => `${at}.rule`)),
  ];
};

const complainOfRules = (
  names: readonly string[],
  known: ReadonlySet<string>,
  pathOf: (index: number) => string,
): readonly Complaint[] =>
  names.flatMap((name, index) =>
    known.has(name) ? [] : [{ path: pathOf(index), message: `there is no rule "${name}"${whatThereIs(name, known)}` }],
  );
