import { Option } from 'commander';
import { usualAssumptions } from '../../engine/cost/estimate.ts';
import { deadLetterQueues } from '../../engine/dead-letter.ts';
import { type AddCommands, examples } from './command-group.ts';
import { format, leastAlert, positive, regions, rules, stackRegion, whole } from './options.ts';

/** Commands about the stack in AWS, before it is deployed and after. */
export const addStackCommands: AddCommands = (program, { io, exit }) => {
  program
    .command('patterns')
    .description('Print the EventBridge subscriptions that the rules need, and what share of logs they pass')
    .argument('[path...]', 'log files, folders, or - for stdin')
    .option(...rules)
    .addOption(format('text', 'jsonl'))
    .addHelpText('after', examples('trailwire patterns', 'trailwire patterns logs/'))
    .action(async (paths, options) => exit(await (await import('../patterns.ts')).patterns(paths, options, io)));

  program
    .command('cost')
    .description('Estimate what a month of such logs would cost in AWS, each line with its quantity and price')
    .argument('<path...>', 'log files, folders, or - for stdin')
    .option(...rules)
    .addOption(leastAlert())
    .option('--days <number>', 'days that the logs cover (default: from the first record to the last)', positive)
    .option('--detect-ms <number>', 'what a run of detect is assumed to take', positive, usualAssumptions.detectMs)
    .addOption(format('text', 'jsonl'))
    .addHelpText('after', examples('trailwire cost logs/', 'trailwire cost logs/2026/10/ --days 31'))
    .action(async (paths, options) => exit(await (await import('../cost.ts')).cost(paths, options, io)));

  program
    .command('doctor')
    .description(
      'Look at an AWS account, with calls that only read, and say what will not be detected and how to mend it',
    )
    .option(...rules)
    .option(...regions)
    .option('--silence-hours <number>', 'hours without an event that are silence', whole(1, 168), 24)
    .option('--organization <file>', 'look into the accounts of this file as well (infra/organization/parameters.json)')
    .option('--role <name>', 'the role to assume in each of them; SecurityAudit allows all that is asked for')
    .option('--external-id <id>', 'what this role demands')
    .addOption(format('text', 'json'))
    .addHelpText(
      'after',
      `${examples('trailwire doctor', 'AWS_PROFILE=security trailwire doctor --region us-east-1 eu-west-1', 'trailwire doctor --organization infra/organization/parameters.json --role audit')}\n\nExits with 1 when something is wrong or could not be looked at. docs/organization.md explains each complaint.`,
    )
    .action(async ({ region = [], ...options }) =>
      exit(await (await import('../doctor.ts')).doctor({ region, ...options }, io)),
    );

  program
    .command('redrive')
    .description('Send again what functions failed on and dead-letter queues keep, once its cause is gone')
    .addOption(new Option('--queue <name>', 'one of the queues (default: all)').choices(deadLetterQueues))
    .option('--dry-run', 'say what would be sent, and send nothing', false)
    .option('--responses', 'also what may act on the account: responses, late by now', false)
    .option(...stackRegion)
    .addHelpText(
      'after',
      `${examples('trailwire redrive --dry-run', 'trailwire redrive', 'trailwire redrive --queue trailwire-logs-failed --region us-east-1')}\n\nMay be repeated: findings, alerts and responses happen once. Exits with 1 when something could not be sent.`,
    )
    .action(async ({ region, ...options }) => {
      const { createDeadLetters } = await import('../../account/dead-letters.ts');
      const deadLetters = createDeadLetters(region === undefined ? {} : { region });
      exit(await (await import('../redrive.ts')).redrive(options, io, deadLetters));
    });
};
