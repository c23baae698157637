#!/usr/bin/env node
import { availableParallelism, constants } from 'node:os';
import { inspect } from 'node:util';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { TrailwireError } from '../engine/errors.ts';
import { severitySchema } from '../engine/severity.ts';
import manifest from '../package.json' with { type: 'json' };
import { check } from './check.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { exportSigma } from './export-sigma.ts';
import { importSigma } from './import-sigma.ts';
import { createIo } from './io.ts';
import { learn } from './learn.ts';
import { newRule } from './new.ts';
import { permissions, policyUses } from './permissions.ts';
import { replay } from './replay.ts';
import { serve } from './serve.ts';
import { test } from './test.ts';

const io = createIo();
const exit = (code: number): void => {
  process.exitCode = code;
};

// A reader that has seen enough (`| head`) is no failure: end as any program would that SIGPIPE ends.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(128 + constants.signals.SIGPIPE);
    if (stream === process.stdout) io.err(`trailwire: cannot write what was found: ${error.message}`);
    process.exit(2);
  });
}

const rules = ['--rules <folder>', 'where the rules are', 'rules'] as const;
const severity = (flag: string, says: string) => new Option(`${flag} <severity>`, says).choices(severitySchema.options);
const jobs = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 64) throw new InvalidArgumentError('expected 1 to 64');
  return number;
};
const hours = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 168) throw new InvalidArgumentError('expected 1 to 168');
  return number;
};
const regionName = (text: string, before: readonly string[] = []): readonly string[] => {
  if (!/^[a-z]{2,4}(?:-[a-z]{1,12}){1,3}-\d$/.test(text))
    throw new InvalidArgumentError('expected a region such as us-east-1');
  return [...before, text];
};
const limit = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 1_000) throw new InvalidArgumentError('expected 1 to 1000');
  return number;
};
const port = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('expected 0 to 65535');
  return number;
};

const examples = (...lines: readonly string[]): string => ['\nExamples:', ...lines].join('\n  ');

const program = new Command('trailwire')
  .description(
    'Detection and response for AWS CloudTrail: check, test, replay and explain rules, or run the engine here.',
  )
  .version(manifest.version)
  .exitOverride()
  .showHelpAfterError('(trailwire --help lists the commands)');

program
  .command('check')
  .description('Check that all rules, tests, lists, shared conditions and suppressions are valid')
  .option(...rules)
  .addHelpText('after', '\nExits with 1 when there is a problem. Each is a line: file: path in it: what is wrong.')
  .action((options) => exit(check(options, io)));

program
  .command('test')
  .description('Run the cases of the rules; every leaf must be seen true and false')
  .argument('[rule...]', 'rule ids (default: all)')
  .option(...rules)
  .addHelpText('after', examples('trailwire test', 'trailwire test root-signed-in-without-mfa'))
  .action(async (names, options) => exit(await test(names, options, io)));

program
  .command('replay')
  .description('Run the rules over logs: files, folders or - for stdin, in any of CloudTrail’s envelopes')
  .argument('<path...>')
  .option(...rules)
  .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
  .addOption(severity('--min-severity', 'least severity shown (default: "medium" as text, all as jsonl)'))
  .addOption(severity('--fail-on', 'exit with 1 when there is a finding of at least this severity'))
  .option('--jobs <number>', 'threads that read and match', jobs, availableParallelism())
  .addHelpText(
    'after',
    examples(
      'trailwire replay samples/incident',
      'trailwire replay --min-severity high logs/ more.jsonl.gz',
      'aws cloudtrail lookup-events | trailwire replay -',
      'zcat logs/*.json.gz | trailwire replay -',
      'trailwire replay --format jsonl --fail-on high logs/ > findings.jsonl',
    ),
  )
  .action(async (paths, options) => exit(await replay(paths, options, io)));

program
  .command('explain')
  .description('Show every leaf of one rule on each record')
  .argument('<rule>')
  .argument('<path>', 'a log file, a folder, or - for stdin')
  .option(...rules)
  .option('--event <id>', 'only the record with this eventID')
  .addHelpText(
    'after',
    examples(
      'trailwire explain cloudtrail-trail-stopped samples/incident',
      'trailwire explain root-used logs/ --event 11111111-2222-4333-8444-555555555555',
    ),
  )
  .action(async (rule, path, options) => exit(await explain(rule, path, options, io)));

program
  .command('learn')
  .description('Learn from logs of before what is usual, for rules on what is new and on spikes')
  .argument('<path...>')
  .option(...rules)
  .option('--state <file>', 'SQLite file that serve goes on with', '.trailwire/state.db')
  .option('--table <folder>', 'also write requests there that put it into the table of the stack')
  .option('--table-name <name>', 'the table', 'trailwire-state')
  .option('--jobs <number>', 'threads that read and match', jobs, availableParallelism())
  .addHelpText(
    'after',
    examples('trailwire learn logs/', 'trailwire learn --table learnt/ logs/  # then run the command that it prints'),
  )
  .action(async (paths, options) => exit(await learn(paths, options, io)));

program
  .command('new')
  .description('Write a rule, its test and a fixture from a template')
  .argument('<id>', '<service>-<what-happened>')
  .requiredOption('--event <source/name>', 'such as iam.amazonaws.com/CreateUser')
  .option(...rules)
  .addHelpText('after', examples('trailwire new iam-user-created-by-hand --event iam.amazonaws.com/CreateUser'))
  .action((id, options) => exit(newRule(id, options, io)));

program
  .command('permissions')
  .description('Print the least that responses need as an IAM policy: those that the rules name, or those named here')
  .argument('[response...]', 'such as deactivate-access-key (default: those that the rules name)')
  .requiredOption('--account <id>', 'the account that they act in')
  .option('--region <name>', 'the region that they act in; * stands for any', '*')
  .addOption(new Option('--for <use>', 'whom it is for').choices(policyUses).default('respond'))
  .option(...rules)
  .addHelpText(
    'after',
    examples(
      'trailwire permissions --account 111122223333 --region eu-west-1',
      'trailwire permissions deactivate-access-key --account 111122223333 --for undo',
      "trailwire permissions --account 111122223333 --region 'cn-*' --for plan > look.json",
    ),
  )
  .action((names, options) => exit(permissions(names, options, io)));

// These load the SDK, which the other commands start without.
const responding = program.command('respond').description('See, plan and take back responses');
const region = ['--region <name>', 'the region of the stack (default: that of the environment)'] as const;
responding
  .command('plan')
  .description('What responses would do about records, with every call, permission and the way back; changes nothing')
  .requiredOption('--record <path>', 'a log file, a folder, or - for stdin')
  .option('--event <id>', 'only the record with this eventID')
  .option('--read-account', 'read what is there, with the credentials of the environment', false)
  .option('--region <name>', 'the region to read (default: that of the environment)')
  .option(...rules)
  .addHelpText(
    'after',
    `${examples(
      'trailwire respond plan --record record.json',
      'trailwire respond plan --record record.json --read-account --region us-east-1',
    )}\n\ntrailwire permissions --for plan prints what --read-account needs.`,
  )
  .action(async (options) => exit(await (await import('./respond-plan.ts')).respondPlan(options, io)));
responding
  .command('list')
  .description('The responses that ran, the latest first')
  .option('--table <name>', 'the table of the stack', 'trailwire')
  .option(...region)
  .option('--limit <number>', 'how many', limit, 20)
  .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
  .addHelpText('after', examples('trailwire respond list', 'trailwire respond list --limit 100 --format jsonl'))
  .action(async (options) => exit(await (await import('./respond-list.ts')).respondList(options, io)));
for (const is of ['approve', 'reject'] as const) {
  responding
    .command(is)
    .description(
      is === 'approve'
        ? 'Approve a plan that waits: the stack looks again, then acts'
        : 'Reject a plan that waits: it is never run',
    )
    .argument('<id>', 'as the alert and respond list have it')
    .option('--by <name>', 'who decides (default: whose the credentials are)')
    .option(...region)
    .addHelpText(
      'after',
      '\nNeeds lambda:InvokeFunction on trailwire-remediate. Exits with 1 when it did not come out so.',
    )
    .action(async (id, options) =>
      exit(await (await import('./respond-decide.ts')).respondDecide(is, id, options, io)),
    );
}
responding
  .command('undo')
  .description('Have a response taken back by the stack; exits with 1 when it was not')
  .argument('<id>', 'as the alert and respond list have it')
  .option('--force', 'also over what somebody changed since', false)
  .option(...region)
  .addHelpText('after', examples('trailwire respond undo 0123456789abcdef0123456789abcdef'))
  .action(async (id, options) => exit(await (await import('./respond-undo.ts')).respondUndo(id, options, io)));

const importing = program.command('import').description('Take over rules that are written in another language');
importing
  .command('sigma')
  .description('Rules of ours, with tests, from Sigma rules for CloudTrail; says what cannot be carried, and why')
  .argument('<path>', 'a .yml file, or a folder of them')
  .option('--out <folder>', 'the rules folder to write to', 'rules')
  .addHelpText(
    'after',
    `${examples('trailwire import sigma my-rules/ --out rules', 'trailwire import sigma rule.yml --out tried')}\n\nExits with 1 when something is refused. docs/sigma.md has what is carried.`,
  )
  .action(async (path, options) => exit(await importSigma(path, options, io)));

const exporting = program.command('export').description('Write rules in another language');
exporting
  .command('sigma')
  .description('Sigma rules from ours, where Sigma has words for them; says where it has not')
  .argument('[rule...]', 'rule ids')
  .option('--all', 'all rules', false)
  .option('--out <folder>', 'a file for each rule (default: all to stdout)')
  .option(...rules)
  .addHelpText(
    'after',
    examples('trailwire export sigma cloudtrail-trail-stopped', 'trailwire export sigma --all --out sigma/'),
  )
  .action((names, options) => exit(exportSigma(names, options, io)));

program
  .command('serve')
  .description('Run the engine on this machine: records and PutEvents over HTTP in, alerts out, responses planned only')
  .option(...rules)
  .option('--port <number>', 'on 127.0.0.1; 0 takes a free one', port, 8788)
  .option('--state <file>', 'SQLite file, or :memory:', '.trailwire/state.db')
  .option('--alerts <file>', 'alerts as JSON lines', '.trailwire/alerts.jsonl')
  .addOption(severity('--min-severity', 'least severity of an alert').default('medium'))
  .option('--play <path>', 'play these logs first')
  .option('--once', 'end after playing', false)
  .addHelpText(
    'after',
    examples(
      'trailwire serve',
      'trailwire serve --play samples/incident --once',
      'trailwire serve --port 0 --min-severity high',
    ),
  )
  .action(async (options) => {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
    exit(await serve(options, io, stop.signal));
  });

program
  .command('doctor')
  .description(
    'Look at an AWS account, with calls that only read, and say what will not be detected and how to mend it',
  )
  .option(...rules)
  .option(
    '--region <region>',
    'look there alone; may be repeated (default: all that the account can be used in)',
    regionName,
    [],
  )
  .option('--silence-hours <number>', 'hours without an event that are silence', hours, 24)
  .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `${examples('trailwire doctor', 'AWS_PROFILE=security trailwire doctor --region us-east-1 --region eu-west-1')}\n\nExits with 1 when something is wrong or could not be looked at. docs/organization.md explains each complaint.`,
  )
  .action(async (options) => exit(await doctor(options, io)));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exit(error.exitCode === 0 ? 0 : 2);
  else {
    // What nobody foresaw shows where it happened.
    io.err(`trailwire: ${error instanceof TrailwireError ? error.message : inspect(error)}`);
    exit(2);
  }
}
