import { ConfigError } from '../../engine/errors.ts';
import { type AddCommands, examples } from './command-group.ts';
import { fetchKeys, format, jobs, keys, leastAlert, regions, rules, severity, stackTable, whole } from './options.ts';

/** Commands that read records, and those that get and check them. */
export const addLogCommands: AddCommands = (program, { io, exit }) => {
  program
    .command('replay')
    .description('Run the rules over logs: files, folders or - for stdin, in any of CloudTrail’s envelopes')
    .argument('<path...>')
    .option(...rules)
    .addOption(format('text', 'jsonl'))
    .addOption(severity('--min-severity', 'least severity shown (default: "medium" as text, all as jsonl)'))
    .addOption(severity('--fail-on', 'exit with 1 when there is a finding of at least this severity'))
    .option('--verified', 'only log files that are as CloudTrail delivered them; see trailwire verify')
    .option(...keys)
    .option(...fetchKeys)
    .option(...jobs)
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
      const { replayInThread } = await import('../replay-thread.ts');
      exit(
        await replayInThread(paths, { ...options, ...(verified === true ? { verified: { keys, fetchKeys } } : {}) }),
      );
    });

  program
    .command('learn')
    .description('Learn from logs of before what is usual, for rules on what is new and on spikes')
    .argument('<path...>')
    .option(...rules)
    .option('--state <file>', 'SQLite file that serve goes on with', '.trailwire/state.db')
    .option('--table <folder>', 'also write requests there that put it into the table of the stack')
    .option('--table-name <name>', 'the table', stackTable)
    .option(...jobs)
    .addHelpText(
      'after',
      examples('trailwire learn logs/', 'trailwire learn --table learnt/ logs/  # then run the command that it prints'),
    )
    .action(async (paths, options) => exit(await (await import('../learn.ts')).learn(paths, options, io)));

  program
    .command('serve')
    .description(
      'Run the engine on this machine: records and PutEvents over HTTP in, alerts out, responses planned only',
    )
    .option(...rules)
    .option('--port <number>', 'on 127.0.0.1; 0 takes a free one', whole(0, 65_535), 8788)
    .option('--state <file>', 'SQLite file, or :memory:', '.trailwire/state.db')
    .option('--alerts <file>', 'alerts as JSON lines', '.trailwire/alerts.jsonl')
    .addOption(leastAlert())
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
      exit(await (await import('../serve.ts')).serve(options, io, stop.signal));
    });

  program
    .command('pull')
    .description('Fetch the event history that AWS keeps of every account, trail or not, as files that replay reads')
    .argument('<folder>', 'where to; a later run adds what is new')
    .option(...regions)
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
      exit(await (await import('../pull.ts')).pull(folder, { region, days }, io)),
    );

  program
    .command('verify')
    .description(
      'Check that log files are as CloudTrail delivered them, by its digests: changed, taken away, slipped in',
    )
    .argument('<path...>', 'copies of a trail’s bucket, or of parts of it')
    .option(...keys)
    .option(...fetchKeys)
    .addOption(format('text', 'jsonl'))
    .addHelpText(
      'after',
      [
        '\nText lists what is not valid, jsonl every file. Exits with 1 where a file is not valid or a chain breaks.',
        'docs/verify.md says how to copy digests with their signatures, and what each status means.',
        examples('trailwire verify logs/ --fetch-keys', 'trailwire verify logs/ --format jsonl --keys keys-*.json'),
      ].join('\n'),
    )
    .action(async (paths, { keys = [], ...options }) =>
      exit(await (await import('../verify.ts')).verify(paths, { keys, ...options }, io)),
    );
};
