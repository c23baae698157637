import type * as z from 'zod';
import { messageOf } from './errors.ts';
import { parseJsonText } from './json-text.ts';
import type { Complaint } from './rule-references.ts';
import { renderIssue } from './schema-issue.ts';

/** A file below `rules/`, path with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

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
export type FileKind = (typeof places)[number][0] | 'unknown';

const allPlaces =
  '<service>/<id>.json, <service>/<id>.test.json, fixtures/<service>/<name>.json, conditions/<name>.json, lists/<name>.json, frameworks/<name>.json, suppressions.json and coverage.json, in lower-case words joined by hyphens';

/** What a file below `rules/` is, by its place. */
export const kindOf = (path: string): FileKind => places.find(([, place]) => place.test(path))?.[0] ?? 'unknown';

/** The service that the folder of a file is named after. */
export const folderOf = (path: string): string => path.split('/', 1)[0] ?? '';
/** What others call a file: its id or name, of a fixture with its service. */
export const nameOf = (path: string): string =>
  path.startsWith('fixtures/')
    ? path.slice('fixtures/'.length, -'.json'.length)
    : path.replace(/^.*\//, '').replace(/(?:\.test)?\.json$/, '');

/** Told what is wrong at a place in a file. */
export type Report = (file: string, complaint: Complaint) => void;

/** The files of a rules folder, taken by what they are. */
export type RuleFiles = {
  readonly has: (path: string) => boolean;
  /** Names of the files of a kind, usable or not. */
  readonly namesOf: (kind: FileKind) => ReadonlySet<string>;
  /** Path and JSON of those that are JSON. */
  readonly ofKind: (kind: FileKind) => readonly (readonly [path: string, value: unknown])[];
  /** What a value of a file is by a schema; `undefined`, and all its issues reported, where it is not. */
  readonly parse: <Value>(path: string, value: unknown, schema: z.ZodType<Value>) => Value | undefined;
  readonly parseAll: <Value>(
    kind: FileKind,
    schema: z.ZodType<Value>,
  ) => readonly (readonly [path: string, value: Value])[];
};

/** Takes the files of a rules folder apart; `report` hears of those in no known place, and of what is no JSON. */
export const sortRuleFiles = (files: readonly SourceFile[], report: Report): RuleFiles => {
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
  const named = Map.groupBy(kinds.keys(), (path) => kinds.get(path));
  const usable = Map.groupBy(parsed, ([path]) => kinds.get(path));
  const ofKind: RuleFiles['ofKind'] = (kind) => usable.get(kind) ?? [];
  const parse: RuleFiles['parse'] = (path, value, schema) => {
    const result = schema.safeParse(value);
    for (const issue of result.error?.issues ?? []) report(path, renderIssue(issue));
    return result.data;
  };
  return {
    has: (path) => kinds.has(path),
    namesOf: (kind) => new Set(named.get(kind)?.map(nameOf)),
    ofKind,
    parse,
    parseAll: (kind, schema) =>
      ofKind(kind).flatMap(([path, value]) => {
        const data = parse(path, value, schema);
        return data === undefined ? [] : [[path, data] as const];
      }),
  };
};
