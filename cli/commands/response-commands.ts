import { Option } from 'commander';
import { policyUses } from '../choices.ts';
import { type AddCommands, examples } from './command-group.ts';
import { format, rules, stackRegion, stackTable, whole } from './options.ts';

/** Commands about responses. */
export const addResponseCommands: AddCommands = (program, { io, exit }) => {
  const responding = program.command('respond').description('See, plan and take back responses');
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
    .action(async (options) => exit(await (await import('../respond-plan.ts')).respondPlan(options, io)));
  responding
    .command('list')
    .description('The responses that ran, the latest first')
    .option('--table <name>', 'the table of the stack', stackTable)
    .option(...stackRegion)
    .option('--limit <number>', 'how many', whole(1, 1_000), 20)
    .addOption(format('text', 'jsonl'))
    .addHelpText('after', examples('trailwire respond list', 'trailwire respond list --limit 100 --format jsonl'))
    .action(async (options) => exit(await (await import('../respond-list.ts')).respondList(options, io)));
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
      .option(...stackRegion)
      .addHelpText(
        'after',
        '\nNeeds lambda:InvokeFunction on trailwire-remediate. Exits with 1 when it did not come out so.',
      )
      .action(async (id, options) =>
        exit(await (await import('../respond-decide.ts')).respondDecide(is, id, options, io)),
      );
  }
  responding
    .command('undo')
    .description('Have a response taken back by the stack; exits with 1 when it was not')
    .argument('<id>', 'as the alert and respond list have it')
    .option('--force', 'also over what somebody changed since', false)
    .option(...stackRegion)
    .addHelpText('after', examples('trailwire respond undo 0123456789abcdef0123456789abcdef'))
    .action(async (id, options) => exit(await (await import('../respond-undo.ts')).respondUndo(id, options, io)));

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
    .action(async (names, options) => exit(await (await import('../permissions.ts')).permissions(names, options, io)));
};
