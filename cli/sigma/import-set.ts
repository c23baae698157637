import type { RequestCatalog } from '../../engine/dead-leaves.ts';
import { correlationRuleSchema, ruleSchema } from '../../engine/rule.ts';
import type { EventCatalog } from '../../engine/rule-lint.ts';
import { renderIssue } from '../../engine/schema-issue.ts';
import { attempt, type Draft, isNamed } from './draft.ts';
import { importCorrelation } from './import-correlation.ts';
import { importFilters } from './import-filters.ts';
import { importRule } from './import-rule.ts';
import { filesOf } from './imported-files.ts';
import { kebabOf } from './kebab.ts';
import { Refusal } from './refusal.ts';
import { parseSigmaDocument, readYaml } from './sigma-document.ts';

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

const resultOf = ({ place, document, id, refusal, notes, rule }: Draft): Imported => ({
  place,
  title: document?.value.title ?? '',
  kind: document === undefined ? 'unknown' : document.kind === 'detection' ? 'rule' : document.kind,
  ...(refusal === undefined ? (rule === undefined ? {} : { id }) : { refusal }),
  notes: [...new Set(notes)],
});
