import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { readRuleFiles } from '../cli/read-rules.ts';
import { expectedOf } from '../engine/doctor/expected-of.ts';
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
const packLists = ({ lists }: RuleSet): string =>
  packRules({ rules: [], correlationRules: [], suppressions: [], conditions: new Map(), lists });

/** `watch` compares the account with what the rules ask for, and runs none. */
const packExpected = (ruleSet: RuleSet): string => JSON.stringify(expectedOf(ruleSet));

type Pack = { readonly file: string; readonly pack: (ruleSet: RuleSet) => string };

/** The functions, and what of the rules lies beside each. `notify` is deployed once for each destination. */
const functions: readonly { readonly name: string; readonly rules?: Pack }[] = [
  { name: 'detect', rules: { file: 'rules.jsonl', pack: packRules } },
  { name: 'ingest', rules: { file: 'rules.jsonl', pack: packRules } },
  { name: 'notify' },
  { name: 'remediate', rules: { file: 'rules.jsonl', pack: packLists } },
  { name: 'undo' },
  { name: 'approve' },
  { name: 'watch', rules: { file: 'expected.json', pack: packExpected } },
];

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

  mkdirSync(folder, { recursive: true });
  const patterns = compilePatterns(ruleSet.rules, ruleSet);
  writeFileSync(join(folder, 'rules.jsonl'), packRules(ruleSet));
  writeFileSync(join(folder, 'subscriptions.json'), json(renderSubscriptions(patterns)));
  writeFileSync(join(folder, 'expected.json'), packExpected(ruleSet));
  writeFileSync(join(folder, 'member.json'), json(renderMember(patterns)));
  const inUse = remediationsInUse(allRulesOf(ruleSet));
  const guardsTags = guardsTagsIn(ruleSet);
  writeFileSync(join(folder, 'response-policies.json'), json(renderResponsePolicies(inUse, guardsTags)));
  writeFileSync(join(folder, 'member-response.json'), json(renderMemberResponse(inUse, guardsTags)));
  console.log(`${allRulesOf(ruleSet).length} rules, ${patterns.length} subscriptions, ${inUse.size} responses in use`);

  for (const { name, rules } of functions) {
    const code = await bundleFunction(name, join(folder, name));
    const packed = rules === undefined ? {} : { [rules.file]: new TextEncoder().encode(rules.pack(ruleSet)) };
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
