import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRuleFiles } from '../cli/read-rules.ts';
import { decisionRefusalCodes } from '../engine/approval.ts';
import { correlationSchema } from '../engine/correlation/correlation.ts';
import { mostUsual } from '../engine/correlation/spike.ts';
import { checkNames } from '../engine/doctor/check-names.ts';
import { refusalCodes } from '../engine/plan.ts';
import { remediationNameSchema } from '../engine/remediations/name.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { allRulesOf, parseRuleSet } from '../engine/rule-set.ts';
import { ruleTestSchema } from '../engine/rule-test.ts';
import { commitRules, copyProject } from './project-copy.ts';

const readme = readFileSync('README.md', 'utf8');
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, found, text = '']) =>
    found === language ? [text] : [],
  );

/** Commands of the README that other tests run, or that need an account. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm ci': 'the start of every test run',
  'npm start': 'below, with --once',
  'npm run package': 'test/infra.test.ts',
  'npx osls deploy --region us-east-1 --param alertEmail=security@example.com': 'test/aws/loop.test.ts',
};

describe('the README', () => {
  let folder = '';
  beforeAll(() => {
    folder = copyProject();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const trailwire = async (...args: readonly string[]): Promise<string> => {
    const options = { cwd: folder };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['cli/main.mjs', ...args], options);
    return stdout + stderr;
  };

  it('shows a rule and its test that pass as they stand', async () => {
    const [rule = '', test = '', suppression = ''] = blocks('json');
    const { id, events } = JSON.parse(rule);
    const path = `iam/${id}`;
    const { ruleSet, problems } = parseRuleSet([
      ...readRuleFiles('rules'),
      { path: `${path}.json`, text: rule },
      { path: `${path}.test.json`, text: test },
      { path: 'suppressions.json', text: `{"suppressions": [${suppression}]}` },
    ]);
    expect(problems).toEqual([]);
    expect(Object.keys(events)).toEqual(['iam.amazonaws.com']);
    const [written, cases] = [ruleSet.rules.find((each) => each.id === id), ruleSet.tests.get(id)];
    if (written === undefined || cases === undefined) throw new Error(`no rule ${id}`);
    const result = await runRuleTest(written, cases, ruleSet.fixtures, ruleSet);
    expect(result.cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(result.uncovered).toEqual([]);
  });

  it('counts the lines of its rule right', () => {
    const [rule = ''] = blocks('json');
    const [, lines] = readme.match(/## Write a rule in (\d+) lines/) ?? [];
    expect(rule.trimEnd().split('\n')).toHaveLength(Number(lines));
  });

  it('shows what npm start prints', async () => {
    const printed = await trailwire('serve', '--play', 'samples/incident', '--state', ':memory:', '--once');
    const [alert = '', ...others] = blocks('text').filter((text) => text.startsWith('CRITICAL'));
    expect(others).toEqual([]);
    const lines = alert
      .split('\n')
      .map((line) =>
        line
          .replace(/ +<- .*/, '')
          .replace(/ ?\.\.\.$/, '')
          .trimEnd(),
      )
      .filter((line) => line.trim() !== '');
    for (const line of lines) expect(printed).toContain(line);
  });

  it.each(
    blocks('sh')
      .join('')
      .split('\n')
      .map((line) => line.replace(/ +#.*/, ''))
      .filter((line) => line !== '' && !(line in elsewhere)),
  )('%s works', async (line) => {
    const [npx, name, ...args] = line.split(' ');
    expect([npx, name]).toEqual(['npx', 'trailwire']);
    expect(await trailwire(...args)).not.toBe('');
  });

  it('names every response', () => {
    for (const name of remediationNameSchema.options) expect(readme).toContain(`\`${name}\``);
    expect(readme).toContain(`There are ${remediationNameSchema.options.length}:`);
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the documents of responses', () => {
  it.each<[string, readonly string[]]>([
    ['docs/remediations.md', refusalCodes],
    ['docs/approval.md', decisionRefusalCodes],
  ])('%s say what every refusal means', (file, codes) => {
    const text = readFileSync(file, 'utf8');
    const explained = [...text.matchAll(/^\| (`.*?`) \| \S/gm)].flatMap(([, names = '']) => names.split(', '));
    expect(explained.toSorted()).toEqual(codes.map((code) => `\`${code}\``).toSorted());
  });
});

describe('docs/correlation.md', () => {
  const text = readFileSync('docs/correlation.md', 'utf8');
  const rules = allRulesOf(parseRuleSet(readRuleFiles('rules')).ruleSet);
  const examples = [...text.matchAll(/^`rules\/[a-z0-9-]+\/([a-z0-9-]+)\.json`:\n\n```json\n([\s\S]*?)^```/gm)].map(
    ([, id = '', json = '']) => ({ id, correlation: correlationSchema.parse(JSON.parse(json)) }),
  );

  it('has an example of each type', () => {
    expect(examples.map(({ correlation }) => correlation.type)).toEqual(
      correlationSchema.options.map((option) => option.shape.type.value),
    );
  });

  it.each(examples)('shows $id as it is, which its cases execute', ({ id, correlation }) => {
    expect(rules.find((rule) => rule.id === id)?.correlation).toEqual(correlation);
  });

  it('shows aliases as they are', () => {
    const [, json = ''] = text.match(/\*\*Aliases\*\*[\s\S]*?```json\n([\s\S]*?)^```/m) ?? [];
    const rule = rules.find(({ id }) => id === 'iam-new-access-key-used-elsewhere');
    expect(rule?.correlation?.aliases).toEqual(JSON.parse(json));
  });

  it('calculates what is usual as the engine does', () => {
    const rows = [...text.matchAll(/^\| (\d+(?:, \d+)+) \| (\d+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(3);
    for (const [, counts = '', most] of rows) {
      expect(mostUsual(counts.split(', ').map(Number), 5), counts).toBe(Number(most));
    }
  });

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => join('docs', path));
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('docs/tuning.md', () => {
  const text = readFileSync('docs/tuning.md', 'utf8');
  const examples = [...text.matchAll(/^```sh\nnpx trailwire (.*)\n```\n\n```text\n([\s\S]*?)^```/gm)].map(
    ([, command = '', shown = '']) => [command, shown] as const,
  );
  let folder = '';
  beforeAll(() => {
    folder = copyProject();
    commitRules(folder);
    const [, suppression = ''] = /^```json\n([\s\S]*?)^```/m.exec(text) ?? [];
    writeFileSync(join(folder, 'rules/suppressions.json'), `{"suppressions": [${suppression}]}`);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs/october.jsonl'), logsOfOctober());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has an example of each command', () => {
    expect(examples.map(([command]) => command.split(' ')[0])).toEqual(['diff', 'test', 'tune']);
  });

  it.each(examples)(
    'shows what %s prints',
    (command, shown) => {
      const { stdout, stderr } = spawnSync(process.execPath, ['cli/main.mjs', ...command.split(' ')], {
        cwd: folder,
        encoding: 'utf8',
      });
      const printed = stdout + stderr;
      const withoutTotals = relativeTotals(printed);
      for (const line of relativeTotals(shown).split('\n'))
        expect(withoutTotals).toContain(line.replace(/\.\.\.$/, ''));
    },
    60_000,
  );

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => join('docs', path));
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

/** Totals before and after grow with every new rule; what an example shows is the difference. */
const relativeTotals = (text: string): string =>
  text.replace(/^([a-z ]+?) +(\d+) +(\d+)$/gm, (_, label, before, after) => `${label}: ${after - before}`);

/** A role that makes keys for one machine user on six days, and once for somebody else. */
const logsOfOctober = (): string => {
  const fixture = JSON.parse(readFileSync('rules/fixtures/iam/create-access-key.json', 'utf8'));
  const keys = [1, 2, 5, 6, 7, 8, 9].map((day) => ({
    ...fixture,
    eventID: `event-${day}`,
    eventTime: `2026-10-0${day}T09:00:00Z`,
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/onboarding/run-${day}`,
      sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/onboarding' } },
    },
    requestParameters: { userName: day === 9 ? 'admin' : 'batch' },
  }));
  return keys.map((record) => `${JSON.stringify(record)}\n`).join('');
};

describe('rules/README.md', () => {
  it('shows a sequence that the rule it names passes', async () => {
    const text = readFileSync('rules/README.md', 'utf8');
    const [, id = '', json = ''] = text.match(/^One of `([a-z-]+)`:\n\n```json\n([\s\S]*?)^```/m) ?? [];
    const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
    const rule = allRulesOf(ruleSet).find((each) => each.id === id);
    if (rule === undefined) throw new Error(`no rule ${id}`);
    const { cases } = await runRuleTest(rule, ruleTestSchema.parse(JSON.parse(json)), ruleSet.fixtures, ruleSet);
    expect(cases.map(({ passed }) => passed)).toEqual([true]);
  });
});

describe('docs/organization.md', () => {
  it('explains every complaint that there is, and no other', () => {
    const explained = [...readFileSync('docs/organization.md', 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm)];
    expect(explained.map(([, name]) => name)).toEqual([...checkNames]);
  });
});
