import { type AddCommands, examples } from './command-group.ts';
import { format, leastAlert, rules, whole, zeroOrMore } from './options.ts';

/** Commands about a change of the rules, measured in logs. */
export const addChangeCommands: AddCommands = (program, { io, exit }) => {
  program
    .command('diff')
    .description('Show which findings a change of the rules adds and removes in logs, and how many alerts a week')
    .argument('<before>', 'a folder of rules, or a git revision such as HEAD~1 or main:rules')
    .argument('<after>', 'the same')
    .argument('<path...>', 'log files, folders, or - for stdin')
    .addOption(format('text', 'json', 'markdown'))
    .addOption(leastAlert())
    .option('--budget <alerts>', 'exit with 1 when there would be more alerts a week', zeroOrMore)
    .option('--max-lost <alerts>', 'exit with 1 when more alerts than these would be lost', zeroOrMore)
    .addHelpText(
      'after',
      examples(
        'trailwire diff HEAD rules samples/incident',
        'trailwire diff origin/main HEAD logs/ --budget 20 --max-lost 0',
        'trailwire diff main:rules rules logs/ --format markdown > comment.md',
      ),
    )
    .action(async (before, after, paths, options) =>
      exit(await (await import('../diff.ts')).diff(before, after, paths, options, io)),
    );

  program
    .command('tune')
    .description('Propose suppressions and list entries for what alerts on ordinary days, with the evidence for each')
    .argument('<path...>', 'log files or folders')
    .option(...rules)
    .addOption(format('text', 'json'))
    .addOption(leastAlert())
    .option('--min-days <days>', 'days on which it must have been seen', whole(1, 3_650), 5)
    .option('--valid-days <days>', 'days for which a proposed suppression is to work', whole(1, 3_650), 90)
    .option('--owner <who>', 'who answers for what is proposed', 'to be named')
    .option('--attack <path>', 'logs of an attack, which nothing proposed may hide (default: the sample incident)')
    .option('--out <folder>', 'write the changed files of the rules there; nothing is ever applied')
    .addHelpText(
      'after',
      examples(
        'trailwire tune logs/',
        'trailwire tune logs/ --min-days 10 --owner platform@example.com --out proposed/',
      ),
    )
    .action(async (paths, options) => exit(await (await import('../tune.ts')).tune(paths, options, io)));
};
