import { conditionInWords } from './in-words.ts';
import { markdownTable, markdownText } from './markdown.ts';
import { plural } from './plural.ts';
import type { AnyRule } from './rule.ts';
import { pathOfPage, renderRulePage } from './rule-page.ts';
import { allRulesOf, type RuleSet } from './rule-set.ts';
import { severitySchema } from './severity.ts';
import type { SharedCondition } from './shared-condition.ts';

/** A page of `docs/rules/`, with its path below it. */
export type CataloguePage = { readonly path: string; readonly text: string };

/** The catalogue of all rules: an overview, the shared conditions, and a page for each rule. */
export const renderCatalogue = (
  ruleSet: RuleSet,
  conditions: ReadonlyMap<string, SharedCondition>,
): readonly CataloguePage[] => {
  const rules = allRulesOf(ruleSet);
  return [
    { path: 'README.md', text: renderOverview(rules, ruleSet) },
    { path: 'conditions.md', text: renderConditions(conditions) },
    ...rules.map((rule) => ({ path: pathOfPage(rule.id, ruleSet), text: renderRulePage(rule, ruleSet) })),
  ];
};

const byId = (one: AnyRule, other: AnyRule): number => (one.id < other.id ? -1 : 1);

const renderOverview = (rules: readonly AnyRule[], ruleSet: RuleSet): string => {
  const link = (rule: AnyRule): string => `[${rule.id}](${pathOfPage(rule.id, ruleSet)})`;
  const folderOf = ({ id }: AnyRule): string => pathOfPage(id, ruleSet).split('/', 1)[0] ?? '';
  const bySeverity = Map.groupBy(rules, ({ severity, signal }) => (signal ? 'signal' : severity));
  const services = [...Map.groupBy(rules.toSorted(byId), folderOf)].sort(([one], [other]) => (one < other ? -1 : 1));
  const counts = [...severitySchema.options.toReversed(), 'signal' as const].map((severity) => [
    severity === 'signal' ? 'signals, which only count for others' : severity,
    String(bySeverity.get(severity)?.length ?? 0),
  ]);
  return `${[
    '# Rules',
    `Made from the rules by \`npm run docs\`: ${plural(rules.length, 'rule')}. [rules/README.md](../../rules/README.md) has their language and the scale of severities, \`npx trailwire coverage\` what they cover.`,
    markdownTable(['severity', 'rules'], counts),
    '## What wakes people: critical and high',
    ...(['critical', 'high'] as const).map((severity) =>
      (bySeverity.get(severity) ?? [])
        .toSorted(byId)
        .map((rule) => `- **${severity}** ${link(rule)}: ${markdownText(rule.title ?? rule.id)}`)
        .join('\n'),
    ),
    ...services.flatMap(([service, own]) => [
      `## ${service}`,
      markdownTable(
        ['rule', 'says', 'severity'],
        own.map((rule) => [link(rule), markdownText(rule.title ?? ''), rule.signal ? 'signal' : rule.severity]),
      ),
    ]),
  ].join('\n\n')}\n`;
};

const renderConditions = (conditions: ReadonlyMap<string, SharedCondition>): string => {
  const links = {
    condition: (name: string): string => `[${name}](#${name})`,
    list: (name: string): string => `the list [${name}](../../rules/lists/${name}.json)`,
  };
  const sections = [...conditions].flatMap(([name, { description, conditions: tree }]) => [
    `## ${name}`,
    markdownText(description),
    conditionInWords(tree, links),
  ]);
  return `${['# Shared conditions', 'What rules name as one. Made from `rules/conditions/` by `npm run docs`.', ...sections].join('\n\n')}\n`;
};
