import { coverageFormats } from '../choices.ts';
import { type AddCommands, examples } from './command-group.ts';
import { format, rules } from './options.ts';

/** Commands about rules by themselves. */
export const addRuleCommands: AddCommands = (program, { io, exit }) => {
  program
    .command('check')
    .description('Check that all rules, tests, lists, shared conditions and suppressions are valid')
    .option(...rules)
    .addHelpText('after', '\nExits with 1 when there is a problem. Each is a line: file: path in it: what is wrong.')
    .action(async (options) => exit(await (await import('../check.ts')).check(options, io)));

  program
    .command('test')
    .description(
      'Run the cases of the rules; every leaf must be seen true and false, and no suppression may hide an attack',
    )
    .argument('[rule...]', 'rule ids (default: all)')
    .option(...rules)
    .option('--attack <path>', 'logs of an attack, whose alerts no suppression may hide (default: the sample incident)')
    .addHelpText('after', examples('trailwire test', 'trailwire test root-signed-in-without-mfa'))
    .action(async (names, options) => exit(await (await import('../test.ts')).test(names, options, io)));

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
    .action(async (rule, path, options) =>
      exit(await (await import('../explain.ts')).explain(rule, path, options, io)),
    );

  program
    .command('new')
    .description('Write a rule, its test and a fixture from a template')
    .argument('<id>', '<service>-<what-happened>')
    .requiredOption('--event <source/name>', 'such as iam.amazonaws.com/CreateUser')
    .option(...rules)
    .addHelpText('after', examples('trailwire new iam-user-created-by-hand --event iam.amazonaws.com/CreateUser'))
    .action(async (id, options) => exit(await (await import('../new.ts')).newRule(id, options, io)));

  program
    .command('coverage')
    .description('What the rules cover of standards, ATT&CK and known detections, and what not, with the reason')
    .option(...rules)
    .addOption(format(...coverageFormats))
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
    .action(async (options) => exit(await (await import('../coverage.ts')).coverage(options, io)));
};
