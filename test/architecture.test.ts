import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

const repository = join(import.meta.dirname, '..');
const folders = ['engine', 'account', 'functions', 'cli', 'bench', 'samples', 'infra', 'test'];

const imports = 'lint/style/noRestrictedImports';
const globals = 'lint/style/noRestrictedGlobals';
const environment = 'lint/style/noProcessEnv';
const cycle = 'lint/suspicious/noImportCycles';
const nonNull = 'lint/style/noNonNullAssertion';

type Violation = {
  file: string;
  code: string;
  /** Rule names; `plugin` is what Biome calls every file of lint/. */
  rules: readonly string[];
  /** The part of the message that tells the author what to do. Biome's JSON leaves out the messages for globals. */
  says?: string;
};

const named = (specifier: string, name = 'value') =>
  `import { ${name} } from '${specifier}';\nexport const used = ${name};\n`;
const typed = (specifier: string, name: string) =>
  `import type { ${name} } from '${specifier}';\nexport type Used = ${name};\n`;
const returned = (expression: string) => `export const read = () => ${expression};\n`;

const impure = { rules: [imports], says: 'engine/ is pure' };
const noClock = { rules: ['plugin'], says: 'There is no clock here' };
const noRandomness = { rules: ['plugin'], says: 'There is no randomness here' };
const onlyExplain = { rules: ['plugin'], says: 'Only engine/explain.ts' };
const onlyOperators = { rules: ['plugin'], says: 'Only engine/operators.ts' };
const onlyExecute = { rules: ['plugin'], says: 'Only account/execute/' };
const plainSight = { rules: ['plugin'], says: 'the linter keeps the folders apart' };
const notTests = { rules: [imports], says: 'Nothing imports from test/' };

const violations: readonly Violation[] = [
  { file: 'engine/to-functions.ts', code: named('../functions/bus.ts'), ...impure },
  { file: 'engine/to-cli.ts', code: named('../cli/replay.ts'), ...impure },
  { file: 'engine/to-cli-by-detour.ts', code: named('./correlation/../../cli/replay.ts'), ...impure },
  { file: 'engine/to-cli-by-dot.ts', code: named('./../cli/replay.ts'), ...impure },
  { file: 'engine/remediations/to-cli.ts', code: named('../../cli/replay.ts'), ...impure },
  { file: 'engine/to-root.ts', code: named('../vitest.config.ts'), ...impure },
  { file: 'engine/to-test.ts', code: named('../test/records.ts'), ...impure },
  { file: 'engine/to-disk.ts', code: named('node:fs', 'readFileSync'), ...impure },
  { file: 'engine/to-disk-for-a-type.ts', code: typed('node:fs', 'Stats'), ...impure },
  { file: 'engine/to-disk-later.ts', code: "export const fs = await import('node:fs');\n", ...impure },
  { file: 'engine/to-aws.ts', code: named('@aws-sdk/client-sns', 'SNSClient'), ...impure },
  { file: 'engine/to-package.ts', code: named('commander', 'Command'), ...impure },
  { file: 'engine/random-id.ts', code: named('node:crypto', 'randomUUID'), rules: [imports], says: 'createHash' },
  { file: 'engine/socket.ts', code: named('node:net', 'connect'), rules: [imports], says: 'opens no connection' },
  { file: 'engine/compile.ts', code: named('json-rules-engine', 'Engine'), ...onlyExplain },
  { file: 'engine/rule.ts', code: typed('json-rules-engine', 'Engine'), ...onlyExplain },
  { file: 'engine/later.ts', code: "export const reference = await import('json-rules-engine');\n", ...onlyExplain },
  { file: 'engine/pattern.ts', code: named('re2js', 'RE2JS'), ...onlyOperators },
  { file: 'engine/inline-type.ts', code: "export type Used = import('node:fs').Stats;\n", ...plainSight },
  { file: 'engine/by-name.ts', code: 'export const load = (name: string) => import(name);\n', ...plainSight },
  { file: 'engine/environment.ts', code: returned('process.env'), rules: [globals, environment] },
  { file: 'engine/process.ts', code: returned('process.cwd()'), rules: [globals] },
  { file: 'engine/print.ts', code: returned("console.log('match')"), rules: [globals, 'lint/suspicious/noConsole'] },
  { file: 'engine/console.ts', code: returned('[console]'), rules: [globals] },
  { file: 'engine/fetch.ts', code: returned("fetch('https://example.com')"), rules: [globals] },
  { file: 'engine/web-crypto.ts', code: returned('crypto.randomUUID()'), rules: [globals] },
  { file: 'engine/wait.ts', code: returned('setTimeout(read, 1)'), rules: [globals] },
  { file: 'engine/wait-again.ts', code: returned('setInterval(read, 1)'), rules: [globals] },
  { file: 'engine/wait-a-turn.ts', code: returned('setImmediate(read)'), rules: [globals] },
  { file: 'engine/stopwatch.ts', code: returned('performance.now()'), rules: [globals] },
  { file: 'engine/global-this.ts', code: returned('globalThis.Date.now()'), rules: [globals] },
  { file: 'engine/global.ts', code: returned('global.Date.now()'), rules: [globals] },
  { file: 'engine/require.ts', code: returned('[require]'), rules: [globals] },
  { file: 'engine/code-from-text.ts', code: returned("new Function('return 1')"), rules: [globals] },
  { file: 'engine/date-now.ts', code: returned('Date.now()'), ...noClock },
  { file: 'engine/date-now-within.ts', code: returned('new Date(Date.now())'), ...noClock },
  { file: 'engine/date-now-renamed.ts', code: 'export const { now } = Date;\n', ...noClock },
  { file: 'engine/date-now-computed.ts', code: "export const read = (key: 'now') => Date[key]();\n", ...noClock },
  { file: 'engine/date-passed-on.ts', code: returned('({ Date })'), ...noClock },
  { file: 'engine/new-date.ts', code: returned('new Date()'), ...noClock },
  { file: 'engine/new-date-of-nothing.ts', code: returned('new Date(...[])'), ...noClock },
  { file: 'engine/date-string.ts', code: returned('Date()'), ...noClock },
  { file: 'engine/math-random.ts', code: returned('Math.random()'), ...noRandomness },
  {
    file: 'engine/math-random-computed.ts',
    code: "export const read = (key: 'random') => Math[key]();\n",
    ...noRandomness,
  },
  { file: 'engine/math-passed-on.ts', code: returned('({ Math })'), ...noRandomness },
  { file: 'engine/math-random-renamed.ts', code: 'export const { random } = Math;\n', ...noRandomness },

  { file: 'account/to-functions.ts', code: named('../functions/bus.ts'), rules: [imports], says: 'neither of them' },
  { file: 'account/to-cli.ts', code: named('../cli/replay.ts'), rules: [imports], says: 'neither of them' },
  { file: 'account/to-test.ts', code: named('../test/records.ts'), ...notTests },
  { file: 'account/environment.ts', code: returned('process.env'), rules: [globals, environment] },
  { file: 'account/environment-imported.ts', code: named('node:process', 'argv'), rules: [imports] },
  { file: 'account/print.ts', code: returned("console.log('sent')"), rules: ['lint/suspicious/noConsole'] },
  { file: 'account/iam.ts', code: named('@aws-sdk/client-iam', 'IAMClient'), ...onlyExecute },
  { file: 'account/non-null.ts', code: 'export const first = (all: string[]) => all[0]!;\n', rules: [nonNull] },

  { file: 'functions/to-cli.ts', code: named('../cli/replay.ts'), rules: [imports], says: 'never imports cli/' },
  {
    file: 'functions/destinations/to-cli.ts',
    code: typed('../../cli/replay.ts', 'Summary'),
    rules: [imports],
    says: 'never imports cli/',
  },
  { file: 'functions/to-test.ts', code: named('../test/records.ts'), ...notTests },
  { file: 'functions/notify.ts', code: returned('process.env'), rules: [globals, environment] },
  { file: 'functions/global-this.ts', code: returned('[globalThis]'), rules: [globals] },
  { file: 'functions/global.ts', code: returned('[global]'), rules: [globals] },
  { file: 'functions/inline-type.ts', code: "export type Used = import('../cli/replay.ts').Summary;\n", ...plainSight },
  { file: 'functions/environment-renamed.ts', code: 'export const { env } = process;\n', rules: [globals] },
  {
    file: 'functions/environment-imported.ts',
    code: named('node:process', 'argv'),
    rules: [imports],
    says: 'Only functions/config.ts',
  },
  {
    file: 'functions/environment-imported-bare.ts',
    code: named('process', 'argv'),
    rules: [imports],
  },
  {
    file: 'functions/print.ts',
    code: returned("console.log('sent')"),
    rules: [globals, 'lint/suspicious/noConsole'],
  },
  { file: 'functions/remediate.ts', code: named('@aws-sdk/client-iam', 'IAMClient'), ...onlyExecute },
  { file: 'functions/execute.ts', code: named('@aws-sdk/client-iam', 'IAMClient'), ...onlyExecute },
  { file: 'functions/iam-type.ts', code: typed('@aws-sdk/client-iam', 'IAMClient'), ...onlyExecute },
  { file: 'functions/iam-later.ts', code: "export const iam = await import('@aws-sdk/client-iam');\n", ...onlyExecute },
  { file: 'functions/new-client.ts', code: named('@aws-sdk/client-ec2', 'EC2Client'), ...onlyExecute },
  { file: 'functions/destinations/iam.ts', code: named('@aws-sdk/client-iam', 'IAMClient'), ...onlyExecute },
  { file: 'functions/explain.ts', code: named('json-rules-engine', 'Engine'), ...onlyExplain },

  {
    file: 'cli/to-functions.ts',
    code: named('../functions/bus.ts'),
    rules: [imports],
    says: 'never imports functions/',
  },
  {
    file: 'cli/to-functions-by-detour.ts',
    code: named('../engine/../functions/bus.ts'),
    rules: [imports],
    says: 'never imports functions/',
  },
  { file: 'cli/to-test.ts', code: named('../test/records.ts'), ...notTests },
  {
    file: 'cli/to-aws.ts',
    code: named('@aws-sdk/client-sns', 'SNSClient'),
    rules: [imports],
    says: 'belongs to account/',
  },
  { file: 'cli/explain.ts', code: named('json-rules-engine', 'Engine'), ...onlyExplain },
  { file: 'cli/inline-type.ts', code: "export type Used = import('../functions/bus.ts').Bus;\n", ...plainSight },
  { file: 'cli/environment.ts', code: returned('process.env'), rules: [environment] },
  { file: 'cli/process.ts', code: named('node:process', 'argv'), rules: [imports], says: 'Use the global' },
  {
    file: 'cli/process-bare.ts',
    code: named('process', 'argv'),
    rules: [imports],
  },

  { file: 'bench/to-test.ts', code: named('../test/records.ts'), ...notTests },
  { file: 'samples/to-test.ts', code: named('../test/records.ts'), ...notTests },
  { file: 'infra/to-test.ts', code: named('../test/records.ts'), ...notTests },

  {
    file: 'engine/cycle-start.ts',
    code: "import { end } from './cycle-end.ts';\n\nexport const start = () => end;\n",
    rules: [cycle],
  },
  {
    file: 'engine/cycle-end.ts',
    code: "import { start } from './cycle-start.ts';\n\nexport const end = () => start;\n",
    rules: [cycle],
  },

  { file: 'bench/default-export.ts', code: 'export default 1;\n', rules: ['lint/style/noDefaultExport'] },
  { file: 'bench/barrel.ts', code: "export { used } from './clean.ts';\n", rules: ['lint/performance/noBarrelFile'] },
  {
    file: 'bench/barrel-of-all.ts',
    code: "export * from './clean.ts';\n",
    rules: ['lint/performance/noBarrelFile', 'lint/performance/noReExportAll'],
  },
  { file: 'bench/no-ending.ts', code: named('./clean', 'value'), rules: ['lint/correctness/useImportExtensions'] },
  {
    file: 'bench/unused.ts',
    code: "import { used } from './clean.ts';\n",
    rules: ['lint/correctness/noUnusedImports'],
  },
  { file: 'bench/camelCase.ts', code: returned('1'), rules: ['lint/style/useFilenamingConvention'] },
  { file: 'bench/enum.ts', code: 'export enum Severity {\n  Low = 1,\n}\n', rules: ['lint/style/noEnum'] },
  { file: 'bench/any.ts', code: 'export type Anything = any;\n', rules: ['lint/suspicious/noExplicitAny'] },
  { file: 'bench/let.ts', code: 'let one = 1;\nexport const read = () => one;\n', rules: ['lint/style/useConst'] },
  {
    file: 'bench/parameter.ts',
    code: 'export const clear = (text: string) => {\n  text = "";\n  return text;\n};\n',
    rules: ['lint/style/noParameterAssign'],
  },
  {
    file: 'bench/floating.ts',
    code: 'const work = async () => 1;\nexport const start = () => {\n  work();\n};\n',
    rules: ['lint/nursery/noFloatingPromises'],
  },
  { file: 'engine/non-null.ts', code: 'export const first = (all: string[]) => all[0]!;\n', rules: [nonNull] },
  { file: 'functions/non-null.ts', code: 'export const first = (all: string[]) => all[0]!;\n', rules: [nonNull] },
  { file: 'cli/non-null.ts', code: 'export const first = (all: string[]) => all[0]!;\n', rules: [nonNull] },
  {
    file: 'test/focused.test.ts',
    code: "import { test } from 'vitest';\n\ntest.only('one', () => {});\n",
    rules: ['lint/suspicious/noFocusedTests'],
  },
  {
    file: 'test/skipped.test.ts',
    code: "import { test } from 'vitest';\n\ntest.skip('one', () => {});\n",
    rules: ['lint/suspicious/noSkippedTests'],
  },
];

const clean = {
  'engine/clean.ts': `import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

export const value = z.string();
export const isDate = (time: unknown): time is Date => time instanceof Date;
export const renderTime = (milliseconds: number) => new Date(milliseconds).toISOString();
export const parseTime = (text: string) => Math.max(Date.parse(text), Date.UTC(2026));
export const hash = (text: string) => createHash('sha256').update(text).digest('hex');
export const blocks = (address: string) => (isIP(address) === 0 ? undefined : new BlockList());
`,
  'engine/correlation/clean.ts': `${named('../clean.ts')}${typed('./window.ts', 'Window')}`,
  'engine/correlation/window.ts': 'export type Window = { readonly key: string };\n',
  'engine/explain.ts': named('json-rules-engine', 'Engine'),
  'engine/operators.ts': named('re2js', 'RE2JS'),
  'functions/clean.ts': `import { SNSClient } from '@aws-sdk/client-sns';
import { value } from '../engine/clean.ts';

export const send = (now = Date.now()) => [value, now, Math.random(), new SNSClient()];
`,
  'functions/config.ts': returned('process.env'),
  'account/execute/iam.ts': named('@aws-sdk/client-iam', 'IAMClient'),
  'account/clean.ts': `${named('../engine/clean.ts')}${typed('@aws-sdk/client-sqs', 'SQSClient')}`,
  'functions/destinations/clean.ts': named('../../engine/clean.ts'),
  'cli/clean.ts': `import { readFileSync } from 'node:fs';
import { value } from '../engine/clean.ts';
import { used } from '../account/clean.ts';

console.log(value, used, readFileSync('trail.json'), process.argv);
`,
  'bench/clean.ts': named('json-rules-engine', 'Engine'),
  'test/clean.ts': 'export const corpus = (all: string[]) => process.env.TRAILWIRE_CORPUS ?? all[0]!;\n',
};

const Report = z.object({
  summary: z.object({ changed: z.number(), unchanged: z.number(), diagnosticsNotPrinted: z.number() }),
  diagnostics: z.array(
    z.object({
      severity: z.string(),
      category: z.string(),
      message: z.string(),
      location: z.object({ path: z.string() }),
    }),
  ),
});
type Report = z.infer<typeof Report>;

const files: Record<string, string> = { ...clean };
for (const { file, code } of violations) files[file] = code;

/** Biome ends with 1 when it finds something, so its exit code says nothing about whether it worked: its report does. */
async function lint(directory: string): Promise<Report> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const options = ['lint', '--reporter=json', '--max-diagnostics=none', ...folders];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [biome, ...options], { cwd: directory }, (failure, stdout) => {
      if (failure !== null && stdout === '') reject(failure);
      else resolve(stdout);
    });
  });
  return Report.parse(JSON.parse(output));
}

describe('the linter keeps the folders apart', () => {
  let directory: string;
  let report: Report;
  const reported = (file: string) => report.diagnostics.filter(({ location }) => location.path === file);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trailwire-architecture-'));
    await cp(join(repository, 'biome.json'), join(directory, 'biome.json'));
    await cp(join(repository, 'lint'), join(directory, 'lint'), { recursive: true });
    for (const [file, code] of Object.entries(files)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), code);
    }
    report = await lint(directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('it reads every file', () => {
    const written = violations.length + Object.keys(clean).length;
    expect(report.summary).toEqual({ changed: 0, unchanged: written, diagnosticsNotPrinted: 0 });
  });

  test.each(Object.keys(clean))('%s is fine', (file) => {
    expect(reported(file)).toEqual([]);
  });

  test.each(violations)('$file is refused', ({ file, rules, says }) => {
    const found = reported(file);
    const refusals = found.filter(({ severity }) => severity === 'error').map(({ category }) => category);
    expect(new Set(refusals)).toEqual(new Set(rules));
    if (says !== undefined) expect(found.map(({ message }) => message).join('\n')).toContain(says);
  });
});
