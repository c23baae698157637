#!/usr/bin/env node
import { availableParallelism, constants } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { deadLetterQueues } from '../engine/dead-letter.ts';

import { severitySchema } from '../engine/severity.ts';
import manifest from '../package.json' with { type: 'json' };
import { check } from './check.ts';
import { coverage, coverageFormats } from './coverage.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { exportSigma } from './export-sigma.ts';
import { importSigma } from './import-sigma.ts';
import { createIo } from './io.ts';
import { learn } from './learn.ts';
import { newRule } from './new.ts';

import { redrive } from './redrive.ts';
import { replayInThread } from './replay-thread.ts';

import { serve } from './serve.ts';
import { tellFailure } from './tell-failure.ts';
import { test } from './test.ts';
import { tune } from './tune.ts';

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
const port = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('expected 0 to 65535');
  return number;
};

const days = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 3_650) throw new InvalidArgumentError('expected 1 to 3650');
  return number;
};
const count = (text: string): number => {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('expected 0 or more');
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
  .description(
    'Run the cases of the rules; every leaf must be seen true and false, and no suppression may hide an attack',
  )
  .argument('[rule...]', 'rule ids (default: all)')
  .option(...rules)
  .option('--attack <path>', 'logs of an attack, whose alerts no suppression may hide (default: the sample incident)')
  .addHelpText('after', examples('trailwire test', 'trailwire test root-signed-in-without-mfa'))
  .action(async (names, options) => exit(await test(names, options, io)));

program
  .command('coverage')
  .description('What the rules cover of standards, ATT&CK and known detections, and what not, with the reason')
  .option(...rules)
  .addOption(new Option('--format <format>').choices(coverageFormats).default('text'))
  .option('--framework <name...>', 'only these, with all of their controls and rules')
  .option('--out <file>', 'write it there')
  .addHelpText(
    'after',
    examples(
      'trailwire coverage',
      'trailwire coverage --framework pci-dss',
      'trailwire coverage --format html --out coverage.html',
      'trailwire coverage --format navigator --out layer.json',
    ),
  )
  .action((options) => exit(coverage(options, io)));

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
  .action(async (paths, options) => exit(await replayInThread(paths, options)));

program
  .command('diff')
  .description('Show which findings a change of the rules adds and removes in logs, and how many alerts a week')
  .argument('<before>', 'a folder of rules, or a git revision such as HEAD~1 or main:rules')
  .argument('<after>', 'the same')
  .argument('<path...>', 'log files, folders, or - for stdin')
  .addOption(new Option('--format <format>').choices(['text', 'json', 'markdown']).default('text'))
  .addOption(severity('--min-severity', 'least severity of an alert').default('medium'))
  .option('--budget <alerts>', 'exit with 1 when there would be more alerts a week', count)
  .option('--max-lost <alerts>', 'exit with 1 when more alerts than these would be lost', count)
  .addHelpText(
    'after',
    examples(
      'trailwire diff HEAD rules samples/incident',
      'trailwire diff origin/main HEAD logs/ --budget 20 --max-lost 0',
      'trailwire diff main:rules rules logs/ --format markdown > comment.md',
    ),
  )
  .action(async (before, after, paths, options) => exit(await diff(before, after, paths, options, io)));

program
  .command('tune')
  .description('Propose suppressions and list entries for what alerts on ordinary days, with the evidence for each')
  .argument('<path...>', 'log files or folders')
  .option(...rules)
  .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
  .addOption(severity('--min-severity', 'least severity of an alert').default('medium'))
  .option('--min-days <days>', 'days on which it must have been seen', days, 5)
  .option('--valid-days <days>', 'days for which a proposed suppression is to work', days, 90)
  .option('--owner <who>', 'who answers for what is proposed', 'to be named')
  .option('--attack <path>', 'logs of an attack, which nothing proposed may hide (default: the sample incident)')
  .option('--out <folder>', 'write the changed files of the rules there; nothing is ever applied')
  .addHelpText(
    'after',
    examples('trailwire tune logs/', 'trailwire tune logs/ --min-days 10 --owner platform@example.com --out proposed/'),
  )
  .action(async (paths, options) => exit(await tune(paths, options, io)));

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
  .command('redrive')
  .description('Send again what functions failed on and dead-letter queues keep, once its cause is gone')
  .addOption(new Option('--queue <name>', 'one of the queues (default: all)').choices(deadLetterQueues))
  .option('--dry-run', 'say what would be sent, and send nothing', false)
  .option('--responses', 'also what may act on the account: responses, late by now', false)
  .option('--region <region>', 'the region of the stack (default: that of the environment)')
  .addHelpText(
    'after',
    `${examples('trailwire redrive --dry-run', 'trailwire redrive', 'trailwire redrive --queue trailwire-logs-failed --region us-east-1')}\n\nMay be repeated: findings, alerts and responses happen once. Exits with 1 when something could not be sent.`,
  )
  .action(async ({ region, ...options }) => {
    const { createDeadLetters } = await import('../account/dead-letters.ts');
    exit(await redrive(options, io, createDeadLetters(region === undefined ? {} : { region })));
  });

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

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exit(error.exitCode === 0 ? 0 : 2);
  else exit(tellFailure(error, io));
}
