import { type Condition, visitCondition } from '../../engine/condition.ts';
import type { RequestCatalog } from '../../engine/dead-leaves.ts';
import { renderProblem } from '../../engine/errors.ts';
import { isListReference } from '../../engine/leaf-value.ts';
import { plural } from '../../engine/plural.ts';
import { correlationRuleSchema, hasConditions, ruleSchema } from '../../engine/rule.ts';
import { runRuleTest } from '../../engine/rule-cases.ts';
import { type EventCatalog, lintRuleSet } from '../../engine/rule-lint.ts';
import { allRulesOf, parseRuleSet } from '../../engine/rule-set.ts';
import { renderIssue } from '../../engine/schema-issue.ts';
import { deriveSequences } from './derive-sequences.ts';
import { deriveTest } from './derive-test.ts';
import { conditionOfDetection, type Detection } from './detection.ts';
import { importCorrelation } from './import-correlation.ts';
import { importRule, type RuleFile, refuseOtherLogs } from './import-rule.ts';
import { kebabOf } from './kebab.ts';
import { Refusal } from './refusal.ts';
import { parseSigmaDocument, readYaml, type SigmaDocument, type SigmaFilter } from './sigma-document.ts';

/** What became of one Sigma document: the rule of ours that it is now, or why it is none. */
export type Imported = {
  readonly place: string;
  readonly title: string;
  readonly kind: 'rule' | 'correlation' | 'filter' | 'unknown';
  readonly id?: string;
  readonly refusal?: string;
  readonly notes: readonly string[];
};

/** Files to be written below a rules folder, and what became of each document. */
export type ImportedSet = { readonly files: ReadonlyMap<string, object>; readonly documents: readonly Imported[] };

/** A document on its way. */
type Draft = {
  readonly place: string;
  readonly document?: SigmaDocument;
  readonly id: string;
  readonly notes: string[];
  refusal?: string;
  rule?: RuleFile;
};

/** Translates Sigma files, which may refer to each other, into rules with tests and fixtures that `check` takes. */
export const importSet = async (
  sources: readonly { readonly path: string; readonly text: string }[],
  catalog: EventCatalog & RequestCatalog,
): Promise<ImportedSet> => {
  const drafts = withIds(sources.flatMap(readDocuments));
  const filters = importFilters(drafts);
  for (const draft of drafts) {
    const { document, id, notes } = draft;
    if (document?.kind !== 'detection') continue;
    attempt(draft, () => {
      draft.rule = importRule(id, document.value, filters(draft), catalog, (text) => notes.push(text));
      refuseInvalid(ruleSchema.safeParse(draft.rule));
    });
  }
  importCorrelations(drafts);
  const files = await filesOf(drafts, catalog);
  return { files, documents: drafts.map(resultOf) };
};

const attempt = (draft: Draft, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    draft.refusal = error.message;
  }
};

const refuseInvalid = ({
  error,
}: ReturnType<typeof ruleSchema.safeParse | typeof correlationRuleSchema.safeParse>): void => {
  if (error === undefined) return;
  const issues = error.issues.map(renderIssue).map(({ path, message }) => `${path}: ${message}`);
  throw new Refusal(issues.join('; '));
};

const readDocuments = ({
  path,
  text,
}: {
  readonly path: string;
  readonly text: string;
}): readonly Omit<Draft, 'id'>[] => {
  const drafts: Omit<Draft, 'id'>[] = [];
  let values: readonly unknown[];
  try {
    values = readYaml(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [{ place: path, notes: [], refusal: error.message }];
  }
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const place = values.length === 1 ? path : `${path}#${index + 1}`;
    try {
      drafts.push({ place, document: parseSigmaDocument(value), notes: [] });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      drafts.push({ place, notes: [], refusal: error.message });
    }
  }
  return drafts;
};

/** Ids come from titles; equal titles are told apart by a number. */
const withIds = (drafts: readonly Omit<Draft, 'id'>[]): readonly Draft[] => {
  const used = new Map<string, number>();
  return drafts.map((draft) => {
    const words = `sigma-${kebabOf(draft.document?.value.title ?? 'unknown') || 'untitled'}`;
    const times = (used.get(words) ?? 0) + 1;
    used.set(words, times);
    return { ...draft, id: times === 1 ? words : `${words}-${times}` };
  });
};

const isNamed = ({ document }: Draft, reference: string): boolean =>
  document !== undefined && [document.value.id, document.value.name].includes(reference);

/** Filters are added to the rules that they speak of: Sigma joins the two conditions by "and". */
const importFilters = (drafts: readonly Draft[]): ((rule: Draft) => readonly Condition[]) => {
  const filters = drafts.flatMap((draft) => {
    if (draft.document?.kind !== 'filter') return [];
    const { value } = draft.document;
    let condition: Condition | undefined;
    attempt(draft, () => {
      refuseOtherLogs(value);
      refuseStrangers(value, drafts);
      const { rules: _, ...detection } = value.filter;
      condition = conditionOfDetection(detection as Detection);
    });
    return condition === undefined ? [] : [{ draft, value, condition }];
  });
  return (rule) =>
    filters.flatMap(({ value, condition, draft }) => {
      const { rules } = value.filter;
      if (rules !== undefined && !rules.some((reference) => reference === 'any' || isNamed(rule, reference))) return [];
      draft.notes.push(`is part of ${rule.id}`);
      if (!('not' in condition))
        draft.notes.push('lets through only what it describes; one that leaves it out has "not" in front');
      return [condition];
    });
};

const refuseStrangers = ({ filter: { rules = [] } }: SigmaFilter, drafts: readonly Draft[]): void => {
  for (const reference of rules) {
    if (reference !== 'any' && !drafts.some((draft) => isNamed(draft, reference))) {
      throw new Refusal(`speaks of "${reference}", which is not among the files; import them together`);
    }
  }
};

/** Correlations refer to rules and to each other: one that is refused takes those that need it with it. */
const importCorrelations = (drafts: readonly Draft[]): void => {
  const idOf = (reference: string): string => {
    const found = drafts.find((draft) => draft.document?.kind !== 'filter' && isNamed(draft, reference));
    if (found === undefined)
      throw new Refusal(`correlates "${reference}", which is not among the files; import them together`);
    if (found.refusal !== undefined) throw new Refusal(`correlates "${reference}", which is refused`);
    return found.id;
  };
  for (let settled = false; !settled; ) {
    settled = true;
    for (const draft of drafts) {
      const { document, id } = draft;
      if (document?.kind !== 'correlation' || draft.refusal !== undefined) continue;
      draft.notes.length = 0;
      attempt(draft, () => {
        draft.rule = importCorrelation(id, document.value, idOf, (text) => draft.notes.push(text));
        refuseInvalid(correlationRuleSchema.safeParse(draft.rule));
      });
      if (draft.refusal !== undefined) settled = false;
    }
  }
  // Without "generate", Sigma makes no finding of the rules that are correlated.
  const silent = new Set<string>();
  const aloud = new Set<string>();
  for (const { document, refusal } of drafts) {
    if (document?.kind !== 'correlation' || refusal !== undefined) continue;
    const { correlation, generate } = document.value;
    for (const rule of correlation.rules) ((correlation.generate ?? generate) ? aloud : silent).add(idOf(rule));
  }
  for (const draft of drafts) {
    if (draft.rule !== undefined && silent.has(draft.id) && !aloud.has(draft.id))
      draft.rule = { ...draft.rule, signal: true };
  }
};

/** The files of all that can be used. What the engine refuses of them is refused here, in its words. */
const filesOf = async (
  drafts: readonly Draft[],
  catalog: EventCatalog & RequestCatalog,
): Promise<ReadonlyMap<string, object>> => {
  for (;;) {
    const files = new Map<string, object>();
    const carried = drafts.filter(({ rule, refusal }) => rule !== undefined && refusal === undefined);
    for (const { rule } of carried) if (rule !== undefined) addFiles(rule, files);
    const { ruleSet, problems } = parseRuleSet(
      [...files].map(([path, content]) => ({ path, text: JSON.stringify(content) })),
    );
    const refused = carried.filter((draft) => {
      const own = problems.filter(({ file }) => file.startsWith(`sigma/${draft.id}.`));
      if (own.length > 0) draft.refusal = own.map((problem) => renderProblem({ ...problem, file: '' })).join('; ');
      return own.length > 0;
    });
    if (refused.length > 0) continue;
    for (const { file, path, message } of lintRuleSet(ruleSet, catalog)) {
      const draft = carried.find(({ id }) => file === `sigma/${id}.json`);
      draft?.notes.push(`check will say: ${renderProblem({ file: '', path, message })}`);
    }
    for (const rule of allRulesOf(ruleSet)) {
      const test = ruleSet.tests.get(rule.id);
      const draft = carried.find(({ id }) => id === rule.id);
      if (test === undefined || draft === undefined) continue;
      const { cases, uncovered } = await runRuleTest(rule, test, ruleSet.fixtures, ruleSet);
      const failed = cases.filter(({ passed }) => !passed);
      const isShown = test.cases.some(({ matches, findings = 0 }) => matches === true || findings > 0);
      const open = uncovered.length + failed.length + (isShown ? 0 : 1);
      if (open > 0)
        draft.notes.push(`its test is not whole: trailwire test ${rule.id} names ${plural(open, 'thing')} to add`);
    }
    return files;
  }
};

const addFiles = (file: RuleFile, files: Map<string, object>): void => {
  files.set(`sigma/${file.id}.json`, file);
  const fixtureName = `sigma/${file.id}`;
  const fixturePath = (id: string): string => `fixtures/sigma/${id}.json`;
  const { data: rule } = 'conditions' in file ? ruleSchema.safeParse(file) : correlationRuleSchema.safeParse(file);
  if (rule === undefined) return;
  if (!hasConditions(rule)) {
    const test = deriveSequences(rule, (id) => {
      const record = files.get(fixturePath(id));
      return record === undefined ? undefined : { name: `sigma/${id}`, record };
    });
    // One that counts findings of others begins with their records: which, only its author can say.
    const [anyFixture] = [...files.keys()].filter((path) => path.startsWith('fixtures/sigma/'));
    const open = {
      fixture: anyFixture?.slice('fixtures/'.length, -'.json'.length),
      cases: [{ name: 'to be written', sequence: [{ at: '+0s' }], findings: 0 }],
    };
    files.set(`sigma/${file.id}.test.json`, test ?? open);
    return;
  }
  const { fixture, test } = deriveTest(rule, fixtureName);
  files.set(fixturePath(file.id), fixture);
  files.set(`sigma/${file.id}.test.json`, test);
  visitCondition(rule.conditions, '', (node) => {
    if (!('fact' in node) || !isListReference(node.value)) return;
    const description = `What the placeholder of a Sigma rule stands for: fill it, or ${file.id} is quiet.`;
    files.set(`lists/${node.value.list}.json`, { description, values: [] });
  });
};

const resultOf = ({ place, document, id, refusal, notes, rule }: Draft): Imported => ({
  place,
  title: document?.value.title ?? '',
  kind: document === undefined ? 'unknown' : document.kind === 'detection' ? 'rule' : document.kind,
  ...(refusal === undefined ? (rule === undefined ? {} : { id }) : { refusal }),
  notes: [...new Set(notes)],
});
