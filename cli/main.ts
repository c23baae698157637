#!/usr/bin/env node
import { availableParallelism, constants } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { usualAssumptions } from '../engine/cost/estimate.ts';
import { deadLetterQueues } from '../engine/dead-letter.ts';
import { ConfigError } from '../engine/errors.ts';
import { severitySchema } from '../engine/severity.ts';
import manifest from '../package.json' with { type: 'json' };
import { coverageFormats, policyUses } from './choices.ts';
import { createIo } from './io.ts';
import { tellFailure } from './tell-failure.ts';

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
const keys = ['--keys <file...>', 'what `aws cloudtrail list-public-keys` prints, a file for each region'] as const;
const fetchKeys = [
  '--fetch-keys',
  'ask AWS for the keys of the digests: cloudtrail:ListPublicKeys in their regions',
] as const;
const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`expected ${least} to ${most}`);
    return number;
  };
const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY)) throw new InvalidArgumentError('expected a number above 0');
  return number;
};
const regionName = (text: string, before: readonly string[] = []): readonly string[] => {
  if (!/^[a-z]{2,4}(?:-[a-z]{1,12}){1,3}-\d$/.test(text))
    throw new InvalidArgumentError('expected a region such as us-east-1');
  return [...before, text];
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
  .action(async (options) => exit(await (await import('./check.ts')).check(options, io)));

program
  .command('test')
  .description(
    'Run the cases of the rules; every leaf must be seen true and false, and no suppression may hide an attack',
  )
  .argument('[rule...]', 'rule ids (default: all)')
  .option(...rules)
  .option('--attack <path>', 'logs of an attack, whose alerts no suppression may hide (default: the sample incident)')
  .addHelpText('after', examples('trailwire test', 'trailwire test root-signed-in-without-mfa'))
  .action(async (names, options) => exit(await (await import('./test.ts')).test(names, options, io)));

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
  .action(async (options) => exit(await (await import('./coverage.ts')).coverage(options, io)));

program
  .command('replay')
  .description('Run the rules over logs: files, folders or - for stdin, in any of CloudTrail’s envelopes')
  .argument('<path...>')
  .option(...rules)
  .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
  .addOption(severity('--min-severity', 'least severity shown (default: "medium" as text, all as jsonl)'))
  .addOption(severity('--fail-on', 'exit with 1 when there is a finding of at least this severity'))
  .option('--verified', 'only log files that are as CloudTrail delivered them; see trailwire verify')
  .option(...keys)
  .option(...fetchKeys)
  .option('--jobs <number>', 'threads that read and match', whole(1, 64), availableParallelism())
  .addHelpText(
    'after',
    examples(
      'trailwire replay samples/incident',
      'trailwire replay --min-severity high logs/ more.jsonl.gz',
      'aws cloudtrail lookup-events | trailwire replay -',
      'zcat logs/*.json.gz | trailwire replay -',
      'trailwire replay --format jsonl --fail-on high logs/ > findings.jsonl',
      'trailwire replay logs/ --verified --keys keys.json',
    ),
  )
  .action(async (paths, { verified, keys = [], fetchKeys = false, ...options }) => {
    if (verified !== true && (keys.length > 0 || fetchKeys))
      throw new ConfigError('CONFIG_INVALID', '--keys and --fetch-keys are for --verified');
    const { replayInThread } = await import('./replay-thread.ts');
    exit(await replayInThread(paths, { ...options, ...(verified === true ? { verified: { keys, fetchKeys } } : {}) }));
  });

program
  .command('verify')
  .description('Check that log files are as CloudTrail delivered them, by its digests: changed, taken away, slipped in')
  .argument('<path...>', 'copies of a trail’s bucket, or of parts of it')
  .option(...keys)
  .option(...fetchKeys)
  .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
  .addHelpText(
    'after',
    [
      '\nText lists what is not valid, jsonl every file. Exits with 1 where a file is not valid or a chain breaks.',
      'docs/verify.md says how to copy digests with their signatures, and what each status means.',
      examples('trailwire verify logs/ --fetch-keys', 'trailwire verify logs/ --format jsonl --keys keys-*.json'),
    ].join('\n'),
  )
  .action(async (paths, { keys = [], ...options }) =>
    exit(await (await import('./verify.ts')).verify(paths, { keys, ...options }, io)),
  );

program
  .command('pull')
  .description('Fetch the event history that AWS keeps of every account, trail or not, as files that replay reads')
  .argument('<folder>', 'where to; a later run adds what is new')
  .option('--region <region...>', 'default: all that the account can be used in')
  .option('--days <number>', 'how far back', whole(1, 90), 90)
  .addHelpText(
    'after',
    [
      '\nNeeds cloudtrail:LookupEvents, sts:GetCallerIdentity and, without --region, ec2:DescribeRegions. Management events only.',
      'AWS allows two requests of 50 events a second and region. What is interrupted goes on with the next run.',
      examples('trailwire pull history/', 'trailwire pull history/ --region eu-west-1 us-east-1 --days 7'),
    ].join('\n'),
  )
  .action(async (folder, { region = [], days }) =>
    exit(await (await import('./pull.ts')).pull(folder, { region, days }, io)),
  );

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
  .action(async (before, after, paths, options) =>
    exit(await (await import('./diff.ts')).diff(before, after, paths, options, io)),
  );

program
  .command('tune')
  .description('Propose suppressions and list entries for what alerts on ordinary days, with the evidence for each')
  .argument('<path...>', 'log files or folders')
  .option(...rules)
  .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
  .addOption(severity('--min-severity', 'least severity of an alert').default('medium'))
  .option('--min-days <days>', 'days on which it must have been seen', whole(1, 3_650), 5)
  .option('--valid-days <days>', 'days for which a proposed suppression is to work', whole(1, 3_650), 90)
  .option('--owner <who>', 'who answers for what is proposed', 'to be named')
  .option('--attack <path>', 'logs of an attack, which nothing proposed may hide (default: the sample incident)')
  .option('--out <folder>', 'write the changed files of the rules there; nothing is ever applied')
  .addHelpText(
    'after',
    examples('trailwire tune logs/', 'trailwire tune logs/ --min-days 10 --owner platform@example.com --out proposed/'),
  )
  .action(async (paths, options) => exit(await (await import('./tune.ts')).tune(paths, options, io)));

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
  .action(async (rule, path, options) => exit(await (await import('./explain.ts')).explain(rule, path, options, io)));

program
  .command('learn')
  .description('Learn from logs of before what is usual, for rules on what is new and on spikes')
  .argument('<path...>')
  .option(...rules)
  .option('--state <file>', 'SQLite file that serve goes on with', '.trailwire/state.db')
  .option('--table <folder>', 'also write requests there that put it into the table of the stack')
  .option('--table-name <name>', 'the table', 'trailwire-state')
  .option('--jobs <number>', 'threads that read and match', whole(1, 64), availableParallelism())
  .addHelpText(
    'after',
    examples('trailwire learn logs/', 'trailwire learn --table learnt/ logs/  # then run the command that it prints'),
  )
  .action(async (paths, options) => exit(await (await import('./learn.ts')).learn(paths, options, io)));

program
  .command('new')
  .description('Write a rule, its test and a fixture from a template')
  .argument('<id>', '<service>-<what-happened>')
  .requiredOption('--event <source/name>', 'such as iam.amazonaws.com/CreateUser')
  .option(...rules)
  .addHelpText('after', examples('trailwire new iam-user-created-by-hand --event iam.amazonaws.com/CreateUser'))
  .action(async (id, options) => exit(await (await import('./new.ts')).newRule(id, options, io)));

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
  .action(async (names, options) => exit(await (await import('./permissions.ts')).permissions(names, options, io)));

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
  .option('--limit <number>', 'how many', whole(1, 1_000), 20)
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
  .action(async (path, options) => exit(await (await import('./import-sigma.ts')).importSigma(path, options, io)));

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
  .action(async (names, options) => exit(await (await import('./export-sigma.ts')).exportSigma(names, options, io)));

program
  .command('patterns')
  .description('Print the EventBridge subscriptions that the rules need, and what share of logs they pass')
  .argument('[path...]', 'log files, folders, or - for stdin')
  .option(...rules)
  .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
  .addHelpText('after', examples('trailwire patterns', 'trailwire patterns logs/'))
  .action(async (paths, options) => exit(await (await import('./patterns.ts')).patterns(paths, options, io)));

program
  .command('cost')
  .description('Estimate what a month of such logs would cost in AWS, each line with its quantity and price')
  .argument('<path...>', 'log files, folders, or - for stdin')
  .option(...rules)
  .addOption(severity('--min-severity', 'least severity of an alert').default('medium'))
  .option('--days <number>', 'days that the logs cover (default: from the first record to the last)', positive)
  .option('--detect-ms <number>', 'what a run of detect is assumed to take', positive, usualAssumptions.detectMs)
  .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
  .addHelpText('after', examples('trailwire cost logs/', 'trailwire cost logs/2026/10/ --days 31'))
  .action(async (paths, options) => exit(await (await import('./cost.ts')).cost(paths, options, io)));

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
    exit(
      await (await import('./redrive.ts')).redrive(
        options,
        io,
        createDeadLetters(region === undefined ? {} : { region }),
      ),
    );
  });

program
  .command('serve')
  .description('Run the engine on this machine: records and PutEvents over HTTP in, alerts out, responses planned only')
  .option(...rules)
  .option('--port <number>', 'on 127.0.0.1; 0 takes a free one', whole(0, 65_535), 8788)
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
    exit(await (await import('./serve.ts')).serve(options, io, stop.signal));
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
  .option('--silence-hours <number>', 'hours without an event that are silence', whole(1, 168), 24)
  .option('--organization <file>', 'look into the accounts of this file as well (infra/organization/parameters.json)')
  .option('--role <name>', 'the role to assume in each of them; SecurityAudit allows all that is asked for')
  .option('--external-id <id>', 'what this role demands')
  .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `${examples('trailwire doctor', 'AWS_PROFILE=security trailwire doctor --region us-east-1 --region eu-west-1', 'trailwire doctor --organization infra/organization/parameters.json --role audit')}\n\nExits with 1 when something is wrong or could not be looked at. docs/organization.md explains each complaint.`,
  )
  .action(async (options) => exit(await (await import('./doctor.ts')).doctor(options, io)));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exit(error.exitCode === 0 ? 0 : 2);
  else exit(tellFailure(error, io));
}
