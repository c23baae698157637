import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { readOrganization } from '../cli/read-organization.ts';
import { readRuleFiles } from '../cli/read-rules.ts';
import { expectedOf } from '../engine/doctor/expected-of.ts';
import { type OrganizationParameters, watchedMembersOf } from '../engine/doctor/organization-parameters.ts';
import { renderProblem } from '../engine/errors.ts';
import { compilePatterns } from '../engine/pattern.ts';
import { guardsTagsIn, remediationsInUse } from '../engine/permissions.ts';
import { allRulesOf, parseRuleSet, type RuleSet } from '../engine/rule-set.ts';
import { packRules } from '../functions/packed-rules.ts';
import { bundleFunction } from './bundle.ts';
import { renderMemberResponse } from './member-response.ts';
import { renderMember } from './organization/member.ts';
import { renderResponsePolicies } from './response-policies.ts';
import { renderSubscriptions } from './subscriptions.ts';

/** `remediate` asks conditions of its own about lists, and runs no rule. */
const packLists = ({ ruleSet }: Content): string =>
  packRules({ rules: [], correlationRules: [], suppressions: [], conditions: new Map(), lists: ruleSet.lists });

/** `watch` compares the account with what the rules ask for, and runs none. */
const packExpected = ({ ruleSet }: Content): string => JSON.stringify(expectedOf(ruleSet));

/** And the accounts of an organization with what they forward. */
const packMembers = ({ organization }: Content): string => JSON.stringify(watchedMembersOf(organization));

type Content = { readonly ruleSet: RuleSet; readonly organization: OrganizationParameters };
type Packs = Readonly<Record<string, (content: Content) => string>>;

/** The functions, and what lies beside each. `notify` is deployed once for each destination. */
const functions: Readonly<Record<string, Packs>> = {
  detect: { 'rules.jsonl': ({ ruleSet }) => packRules(ruleSet) },
  ingest: { 'rules.jsonl': ({ ruleSet }) => packRules(ruleSet) },
  notify: {},
  remediate: { 'rules.jsonl': packLists },
  undo: {},
  approve: {},
  watch: { 'expected.json': packExpected, 'members.json': packMembers },
};

/** The same bytes for the same content, so that a deployment without changes changes nothing. */
const zip = (files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(files, { mtime: new Date(2026, 0, 1), os: 3, attrs: 0o644 << 16, level: 9 });

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1_000)} KB`;

const renderSizes = (code: Readonly<Record<string, Uint8Array>>): string => {
  const sizes = Object.values(code).map(({ length }) => length);
  return `${kilobytes(code['index.mjs']?.length ?? 0)}, ${kilobytes(sizes.reduce((sum, size) => sum + size, 0))} with what it loads later`;
};

const build = async (folder: string): Promise<readonly string[]> => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles('rules'));
  if (problems.length > 0) return problems.map((problem) => `rules/${renderProblem(problem)}`);
  const organization = readOrganization('infra/organization/parameters.json');
  const content = { ruleSet, organization };

  mkdirSync(folder, { recursive: true });
  const patterns = compilePatterns(ruleSet.rules, ruleSet);
  writeFileSync(join(folder, 'rules.jsonl'), packRules(ruleSet));
  writeFileSync(join(folder, 'subscriptions.json'), json(renderSubscriptions(patterns)));
  writeFileSync(join(folder, 'expected.json'), packExpected(content));
  writeFileSync(join(folder, 'members.json'), packMembers(content));
  writeFileSync(join(folder, 'member.json'), json(renderMember(patterns)));
  const inUse = remediationsInUse(allRulesOf(ruleSet));
  const guardsTags = guardsTagsIn(ruleSet);
  writeFileSync(join(folder, 'response-policies.json'), json(renderResponsePolicies(inUse, guardsTags)));
  writeFileSync(join(folder, 'member-response.json'), json(renderMemberResponse(inUse, guardsTags)));
  console.log(`${allRulesOf(ruleSet).length} rules, ${patterns.length} subscriptions, ${inUse.size} responses in use`);

  for (const [name, packs] of Object.entries(functions)) {
    const code = await bundleFunction(name, join(folder, name));
    const packed = Object.fromEntries(
      Object.entries(packs).map(([file, pack]) => [file, new TextEncoder().encode(pack(content))]),
    );
    const archive = zip({ ...code, ...packed });
    writeFileSync(join(folder, `${name}.zip`), archive);
    console.log(`${name}: ${renderSizes(code)}, zipped ${kilobytes(archive.length)}`);
  }
  return [];
};

const problems = await build(process.argv[2] ?? 'build');
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} problems, nothing was built`);
  process.exitCode = 1;
}
