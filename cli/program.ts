import { constants } from 'node:os';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addChangeCommands } from './commands/change-commands.ts';
import type { AddCommands } from './commands/command-group.ts';
import { addLogCommands } from './commands/log-commands.ts';
import { addResponseCommands } from './commands/response-commands.ts';
import { addRuleCommands } from './commands/rule-commands.ts';
import { addSigmaCommands } from './commands/sigma-commands.ts';
import { addStackCommands } from './commands/stack-commands.ts';
import { createIo } from './io.ts';
import { tellFailure } from './tell-failure.ts';

const groups: readonly (readonly [heading: string, add: AddCommands])[] = [
  ['Rules', addRuleCommands],
  ['Logs', addLogCommands],
  ['What a change of the rules does', addChangeCommands],
  ['Responses', addResponseCommands],
  ['The stack in AWS', addStackCommands],
  ['Rules in Sigma', addSigmaCommands],
];

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

const program = new Command('trailwire')
  .description(
    'Detection and response for AWS CloudTrail: check, test, replay and explain rules, or run the engine here.',
  )
  .version(manifest.version)
  .exitOverride()
  .showHelpAfterError('(trailwire --help lists the commands)');
for (const [heading, add] of groups) add(program.commandsGroup(`${heading}:`), { io, exit });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exit(error.exitCode === 0 ? 0 : 2);
  else exit(tellFailure(error, io));
}
