import { visitCondition } from '../../engine/condition.ts';
import type { RequestCatalog } from '../../engine/dead-leaves.ts';
import { renderProblem } from '../../engine/errors.ts';
import { isListReference } from '../../engine/leaf-value.ts';
import { plural } from '../../engine/plural.ts';
import { correlationRuleSchema, hasConditions, ruleSchema } from '../../engine/rule.ts';
import { runRuleTest } from '../../engine/rule-cases.ts';
import { type EventCatalog, lintRuleSet } from '../../engine/rule-lint.ts';
import { allRulesOf, parseRuleSet } from '../../engine/rule-set.ts';
import { deriveSequences } from './derive-sequences.ts';
import { deriveTest } from './derive-test.ts';
import type { Draft } from './draft.ts';
import type { RuleFile } from './import-rule.ts';

/** The files of all that can be used. What the engine refuses of them is refused here, in its words. */
export const filesOf = async (
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
