import { type AddCommands, examples } from './command-group.ts';
import { rules } from './options.ts';

/** Commands that carry rules from and to Sigma. */
export const addSigmaCommands: AddCommands = (program, { io, exit }) => {
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
    .action(async (path, options) => exit(await (await import('../import-sigma.ts')).importSigma(path, options, io)));

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
    .action(async (names, options) => exit(await (await import('../export-sigma.ts')).exportSigma(names, options, io)));
};
