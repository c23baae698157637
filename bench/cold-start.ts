import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { loadRules } from '../cli/load-rules.ts';
import { buildActivity } from '../engine/activity.ts';
import { createDetector } from '../engine/detector.ts';
import type { Finding } from '../engine/ocsf.ts';
import { causeOf } from '../engine/stored-response.ts';
import { activityDetailType, busSource, findingDetailType } from '../functions/bus-names.ts';
import { readPackedRules } from '../functions/packed-rules.ts';
import { median } from './measure.ts';

const repository = join(import.meta.dirname, '..');
const child = join(import.meta.dirname, 'cold-start-child.mjs');
const functionNames = ['detect', 'notify', 'remediate'] as const;
type FunctionName = (typeof functionNames)[number];

/** What one fresh process measured, in milliseconds. */
type Times = { readonly import: number; readonly event: number };

/** A function, its first event, and a part of what its handler has to answer, as JSON: or another way would be measured. */
type Case = { readonly name: string; readonly module: string; readonly event: unknown; readonly answer: string };

const account = '111122223333';
const recordOf = (eventSource: string, eventName: string, userIdentity: object, requestParameters: object) => ({
  eventVersion: '1.11',
  eventID: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  eventTime: '2026-10-14T08:41:30Z',
  eventSource,
  eventName,
  eventType: 'AwsApiCall',
  eventCategory: 'Management',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'aws-cli/2.31.0',
  recipientAccountId: account,
  userIdentity: { accountId: account, ...userIdentity },
  requestParameters,
});

const user = {
  type: 'IAMUser',
  arn: `arn:aws:iam::${account}:user/ann`,
  userName: 'ann',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
};
const session = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${account}:assumed-role/Reader/ann`,
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/Reader`, accountId: account, userName: 'Reader' },
  },
};

const keyId = `arn:aws:kms:us-east-1:${account}:key/1f0a7e5c-0000-4000-8000-000000000000`;

const cloudTrailEvent = (detail: object) => ({
  id: '4f1f5d5e-0000-4000-8000-000000000000',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  detail,
});

const busEvent = (detailType: string, detail: object) => ({ source: busSource, 'detail-type': detailType, detail });

const stopped = recordOf('cloudtrail.amazonaws.com', 'StopLogging', user, { name: 'main' });

const findingOf = async (ruleId: string, record: object): Promise<Finding> => {
  const detector = createDetector(loadRules(join(repository, 'rules')));
  const { findings } = await detector.detect({ record: { ...record } }, 0);
  const finding = findings.find(({ finding_info }) => finding_info.analytic.uid === ruleId);
  if (finding === undefined) throw new TypeError(`the record for ${ruleId} does not match it`);
  return finding;
};

const sends = ' sends';
const triesPattern = ' tries a pattern';
const counts = ' counts';

/** Lays a package out as Lambda does. */
const unpack = async (archive: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(unzipSync(await readFile(archive)))) {
    await writeFile(join(folder, name), content);
  }
};

/** For each function an event after which nothing is sent, and one after which something is. */
const createCases = async (packages: string): Promise<readonly Case[]> => {
  const finding = await findingOf('cloudtrail-trail-stopped', stopped);
  const { notify, ...trailwire } = finding.unmapped.trailwire;
  const report = buildActivity({
    remediation: 'quarantine-user',
    commandUid: '0123456789abcdef0123456789abcdef',
    outcome: 'refused',
    message: 'responses are switched off',
    refused: 'mode-off',
    cause: causeOf(finding),
    steps: [],
    now: finding.time,
    account,
  });
  const unimportant = { ...finding, severity_id: 1, unmapped: { trailwire } };
  const asking = { ...finding, unmapped: { trailwire: { ...trailwire, remediate: ['quarantine-user'] } } };
  const caseOf = (name: FunctionName, kind: string, answer: string, event: unknown): Case => ({
    name: `${name}${kind}`,
    module: join(packages, name, 'index.mjs'),
    event,
    answer,
  });
  return [
    { name: 'empty', module: join(packages, 'empty.mjs'), event: {}, answer: '' },
    caseOf(
      'detect',
      '',
      '"published":0',
      cloudTrailEvent(recordOf('kms.amazonaws.com', 'Decrypt', session, { keyId })),
    ),
    caseOf('detect', sends, '"published":', cloudTrailEvent(stopped)),
    caseOf('notify', '', 'not-for-this-destination', busEvent(findingDetailType, unimportant)),
    caseOf('notify', sends, 'sent', busEvent(findingDetailType, finding)),
    caseOf('remediate', '', '"activities":[]', busEvent(activityDetailType, report)),
    caseOf('remediate', sends, 'planned', busEvent(findingDetailType, asking)),
    caseOf(
      'detect',
      triesPattern,
      '"published":0',
      cloudTrailEvent(
        recordOf('kms.amazonaws.com', 'Decrypt', { ...user, accessKeyId: session.accessKeyId }, { keyId }),
      ),
    ),
    caseOf(
      'detect',
      counts,
      '"published":0',
      cloudTrailEvent(recordOf('iam.amazonaws.com', 'GetUser', session, { userName: 'ann' })),
    ),
  ];
};

/** Answers as DynamoDB, EventBridge and SNS do when all is well. */
const startAws = async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const target = String(request.headers['x-amz-target'] ?? '');
      if (target === '')
        response.end('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
      else response.end(target.endsWith('PutEvents') ? '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' : '{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
};

const environmentOf = (module: string, endpoint: string): Readonly<Record<string, string>> => ({
  TRAILWIRE_RULES: join(dirname(module), 'rules.jsonl'),
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  TRAILWIRE_BUS: 'trailwire',
  TRAILWIRE_TABLE: 'trailwire-state',
  TRAILWIRE_CHECK_QUEUE: `${endpoint}/${account}/trailwire-checks`,
  TRAILWIRE_DESTINATION: 'sns',
  TRAILWIRE_TOPIC_ARN: `arn:aws:sns:us-east-1:${account}:trailwire-alerts`,
});

const context = {
  awsRequestId: '1',
  functionName: 'trailwire',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:${account}:function:trailwire`,
};

const runOnce = async (
  { name, module, event, answer: expected }: Case,
  env: Readonly<Record<string, string>>,
): Promise<Times> => {
  const task = JSON.stringify({ module: pathToFileURL(module).href, event, context });
  // A pipe for the log, as in Lambda; the answer comes on a descriptor of its own.
  const started = spawn(process.execPath, [child, task], { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const [, , , answers] = started.stdio;
  if (started.stdout === null || started.stderr === null || answers === null || answers === undefined) {
    throw new TypeError('the process was started without its pipes');
  }
  const [log, errors, answer] = await Promise.all([
    text(started.stdout),
    text(started.stderr),
    text(answers as NodeJS.ReadableStream),
  ]);
  if (answer === '') throw new Error(`${name} failed: ${log}${errors}`);
  const { result, ...times } = JSON.parse(answer);
  const found = JSON.stringify(result) ?? '';
  if (!found.includes(expected)) throw new Error(`${name} answered ${found}, expected ${expected}`);
  return times;
};

/** Fresh processes in turn, round after round: what else the machine does meanwhile slows all of them. */
const measureCases = async (
  cases: readonly Case[],
  rounds: number,
  endpoint: string,
): Promise<ReadonlyMap<string, Times>> => {
  const times = new Map(cases.map(({ name }): [string, Times[]] => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const each of cases) {
      const measured = await runOnce(each, environmentOf(each.module, endpoint));
      // A first round fills the caches of the file system.
      if (round >= 0) times.get(each.name)?.push(measured);
    }
  }
  return new Map(
    [...times].map(([name, all]) => [
      name,
      { import: median(all.map((each) => each.import)), event: median(all.map((each) => each.event)) },
    ]),
  );
};

const sizesOf = async (packages: string, name: FunctionName) => {
  const files = (await readdir(join(packages, name))).filter((file) => /\.[cm]js$/.test(file));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(packages, name, file))).size));
  return { entry: sizes[files.indexOf('index.mjs')] ?? 0, all: sizes.reduce((sum, size) => sum + size, 0) };
};

const reportOf = async (packages: string, measured: ReadonlyMap<string, Times>) => {
  const timesOf = (name: string): Times => {
    const times = measured.get(name);
    if (times === undefined) throw new TypeError(`"${name}" was not measured`);
    return times;
  };
  const empty = timesOf('empty').import;
  const functions = await Promise.all(
    functionNames.map(async (name) => ({
      name,
      ...(await sizesOf(packages, name)),
      importMs: timesOf(name).import - empty,
      timesEmpty: timesOf(name).import / empty,
      firstEventMs: timesOf(name).event,
      firstSendMs: timesOf(`${name}${sends}`).event,
    })),
  );
  return {
    emptyMs: empty,
    firstPatternMs: timesOf(`detect${triesPattern}`).event,
    firstCountMs: timesOf(`detect${counts}`).event,
    functions,
  };
};
type Report = Awaited<ReturnType<typeof reportOf>>;

const printReport = ({ emptyMs, firstPatternMs, firstCountMs, functions }: Report): void => {
  const head = ['', 'entry KB', 'all KB', 'import ms', 'x empty', 'first event ms', 'first send ms'];
  const rows = functions.map((each) => [
    each.name,
    ...[each.entry / 1_000, each.all / 1_000].map((size) => size.toFixed(0)),
    ...[each.importMs, each.timesEmpty, each.firstEventMs, each.firstSendMs].map((number) => number.toFixed(1)),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    process.stdout.write(`${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`);
  }
  process.stdout.write(
    `An empty handler is imported in ${emptyMs.toFixed(2)} ms. The import of detect reads the packed rules; a first\nevent that reaches a regular expression takes ${firstPatternMs.toFixed(1)} ms, because it loads the engine for them; one that rules count,\nsuch as a read of a person, ${firstCountMs.toFixed(1)} ms, because it loads the SDK and asks the table.\n`,
  );
};

const { values } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: '11' }, build: { type: 'string' } },
});
const rounds = Number(values.rounds);
const temporary = await mkdtemp(join(tmpdir(), 'trailwire-cold-start-'));
const build = values.build ?? join(temporary, 'build');
const packages = join(temporary, 'packages');
const aws = await startAws();
try {
  if (values.build === undefined) {
    await promisify(execFile)(process.execPath, ['infra/build.ts', build], { cwd: repository });
  }
  for (const name of functionNames) await unpack(join(build, `${name}.zip`), join(packages, name));
  await writeFile(join(packages, 'empty.mjs'), 'export const handler = async () => undefined;\n');
  const measured = await measureCases(await createCases(packages), rounds, aws.url);
  const report = await reportOf(packages, measured);
  printReport(report);
  if (values.json !== undefined) {
    const { rules } = readPackedRules(join(packages, 'detect', 'rules.jsonl'));
    const machine = { node: process.version, arch: process.arch, cpu: cpus()[0]?.model, cores: availableParallelism() };
    const json = { machine, rounds, rules: rules.length, ...report };
    await writeFile(values.json, `${JSON.stringify(json, undefined, 2)}\n`);
  }
} finally {
  aws.stop();
  await rm(temporary, { recursive: true });
}
