import { tactics, techniques } from './attack.ts';
import { correlationInWords } from './correlation/in-words.ts';
import { type EventNeeds, needsOf, needsTogether } from './event-needs.ts';
import { conditionInWords, type WordLinks } from './in-words.ts';
import { markdownCode, markdownTable, markdownText } from './markdown.ts';
import { compilePatterns } from './pattern.ts';
import { plural } from './plural.ts';
import type { CloudTrailRecord } from './record.ts';
import { remediations } from './remediations/index.ts';
import { type AnyRule, hasConditions, type Rule } from './rule.ts';
import { recordsOfSequence } from './rule-sequence.ts';
import { allRulesOf, type RuleSet } from './rule-set.ts';
import { type RuleCase, type RuleTest, recordOfCase } from './rule-test.ts';
import { stepsOf } from './template.ts';

/** Where the page of a rule is below `docs/rules/`. */
export const pathOfPage = (id: string, { files }: Pick<RuleSet, 'files'>): string =>
  (files.get(id) ?? `${id}.json`).replace(/\.json$/, '.md');

/** The page of one rule in the catalogue, in Markdown: everything that its files say, in words. */
export const renderRulePage = (rule: AnyRule, ruleSet: RuleSet): string => {
  const file = ruleSet.files.get(rule.id) ?? '';
  const link = (id: string): string => `[${id}](../${pathOfPage(id, ruleSet)})`;
  const test = ruleSet.tests.get(rule.id);
  const sections: readonly (readonly [title: string, body: string | undefined])[] = [
    ['What it sees', renderLogic(rule, link)],
    ['What it needs', renderNeeds(rule, ruleSet)],
    ['What to do', rule.runbook === undefined ? undefined : renderSteps(rule.runbook)],
    ['Responses', renderResponses(rule)],
    ['Known harmless causes', renderList(rule.falsePositives.map(markdownText))],
    ['Tests', test && renderCases(test)],
    ['ATT&CK', renderList(rule.attack.map(renderTechnique))],
    ['Controls', renderControls(rule, ruleSet)],
    ['Counted by', renderList(countedBy(rule, ruleSet).map(link))],
    ['References', renderList(rule.references.map((url) => `<${url}>`))],
  ];
  const state = [
    markdownCode(rule.id),
    `**${rule.severity}**`,
    ...(rule.status === 'stable' ? [] : [rule.status]),
    ...(rule.signal ? ['counts for other rules, makes no finding of its own'] : []),
    `[rule](../../../rules/${file})`,
    `[test](../../../rules/${file.replace(/\.json$/, '.test.json')})`,
  ];
  return `${[
    `# ${markdownText(rule.title ?? rule.id)}`,
    state.join(' · '),
    ...(rule.description === undefined ? [] : [markdownText(rule.description)]),
    ...sections.flatMap(([title, body]) => (body === undefined || body === '' ? [] : [`## ${title}`, body])),
  ].join('\n\n')}\n`;
};

const renderList = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** Shared conditions and lists, by name, as links from a page. */
const links: WordLinks = {
  condition: (name) => `[${name}](../conditions.md#${name})`,
  list: (name) => `the list [${name}](../../../rules/lists/${name}.json)`,
};

const renderLogic = (rule: AnyRule, link: (id: string) => string): string =>
  [
    ...(hasConditions(rule)
      ? [`${renderEvents(rule)} All of this holds:`, conditionInWords(rule.conditions, links)]
      : []),
    ...(rule.correlation === undefined ? [] : [correlationInWords(rule.correlation, rule.id, link)]),
    ...renderDedup(rule),
  ].join('\n\n');

const renderEvents = ({ events }: Rule): string => {
  if (events === undefined) return 'Every event.';
  const named = Object.entries(events).map(([source, names]) =>
    names === '*'
      ? `every event of ${markdownCode(source)}`
      : `${names.map(markdownCode).join(', ')} of ${markdownCode(source)}`,
  );
  const text = named.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

const renderDedup = ({ dedup, correlation }: AnyRule): readonly string[] => {
  if (dedup === undefined) return [];
  if (!('by' in dedup) || dedup.by === undefined || correlation !== undefined)
    return [`Findings of one group within ${dedup.window} are one.`];
  return [`Matches within ${dedup.window} that are equal in ${dedup.by.map(markdownCode).join(', ')} are one finding.`];
};

const renderNeeds = (rule: AnyRule, ruleSet: RuleSet): string => {
  const { reads, classes, regions } = needsOfAny(rule, ruleSet);
  const needs = [
    `A trail that logs ${classes.join(', ')}.`,
    reads === 'none'
      ? 'None of its events is a read-only call: a subscription in the state `ENABLED` gets them.'
      : `${reads === 'all' ? 'Its events' : 'Some of its events'} are read-only: the subscription has the state \`ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS\`.`,
    `Events arrive in: ${regions.join('; ')}.`,
  ];
  return [renderList(needs), ...renderPattern(rule, ruleSet)].join('\n\n');
};

/** Rules about others need what those need. */
const needsOfAny = (rule: AnyRule, ruleSet: RuleSet): EventNeeds => {
  if (hasConditions(rule)) return needsOf(rule, recordsThatMatch(rule, ruleSet));
  const counted = allRulesOf(ruleSet).filter(({ id }) => rule.correlation.rules?.includes(id));
  return needsTogether(counted.map((each) => needsOfAny(each, ruleSet)));
};

/** Records of the cases that match, and of sequences that make findings. */
const recordsThatMatch = ({ id }: AnyRule, { tests, fixtures }: RuleSet): readonly CloudTrailRecord[] => {
  const test = tests.get(id);
  if (test === undefined) return [];
  const fixtureOf = (name = test.fixture): unknown => fixtures.get(name);
  return test.cases.flatMap((each): readonly CloudTrailRecord[] => {
    if (each.sequence !== undefined && (each.findings ?? 0) > 0)
      return recordsOfSequence(each.sequence, fixtureOf) as CloudTrailRecord[];
    return each.matches === true ? [recordOfCase(fixtureOf(each.fixture), each) as CloudTrailRecord] : [];
  });
};

const renderPattern = (rule: AnyRule, ruleSet: RuleSet): readonly string[] => {
  if (!hasConditions(rule)) return [];
  const details = compilePatterns([rule], ruleSet)
    .map(({ detail }) => detail)
    .filter((detail) => detail !== undefined);
  if (details.length === 0) return ['No event pattern can tell beforehand which events it may match.'];
  return [
    `<details><summary>${plural(details.length, 'event pattern')} of a subscription for this rule alone, its detail</summary>`,
    ...details.map((detail) => `\`\`\`json\n${JSON.stringify(detail, null, 2)}\n\`\`\``),
    '</details>',
  ];
};

const renderSteps = (runbook: string): string =>
  stepsOf(runbook)
    .map((step, index) => `${index + 1}. ${markdownText(step.replace(/^\d{1,2}\. /, ''))}`)
    .join('\n');

const renderResponses = ({ respond }: AnyRule): string =>
  renderList(
    respond.remediate.map(
      ({ run }) => `[${run}](../../remediations.md#${run}): ${markdownText(remediations[run].says)}.`,
    ),
  );

const renderCases = ({ cases }: RuleTest): string => {
  const rows = cases.map((each) => [expectationOf(each), markdownText(each.name)]);
  return markdownTable(['', 'case'], rows);
};

const expectationOf = ({ matches, findings = 0 }: RuleCase): string => {
  if (matches === undefined) return findings === 0 ? 'quiet' : plural(findings, 'finding');
  return matches ? 'matches' : 'quiet';
};

const renderTechnique = (id: string): string => {
  const { name, tactics: serves = [] } = techniques[id] ?? {};
  const url = `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`;
  return `[${id}](${url}) ${markdownText(name ?? '')}: ${serves.map((tactic) => tactics[tactic]).join(', ')}`;
};

const renderControls = ({ compliance }: AnyRule, { frameworks }: RuleSet): string =>
  renderList(
    Object.entries(compliance).map(([name, ids]) => {
      const framework = frameworks.get(name);
      const title = framework === undefined ? name : `${framework.title} ${framework.version}`;
      return `${markdownText(title)}: ${ids.map(markdownText).join(', ')}`;
    }),
  );

const countedBy = ({ id }: AnyRule, ruleSet: RuleSet): readonly string[] =>
  allRulesOf(ruleSet).flatMap((rule) => (rule.correlation?.rules?.includes(id) ? [rule.id] : []));
