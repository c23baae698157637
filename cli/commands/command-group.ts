import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Where commands write, and how they end. */
export type Outside = { readonly io: Io; readonly exit: (code: number) => void };

/** Adds the commands of a group. Each loads what it does when it is run: most people wait for one of them. */
export type AddCommands = (program: Command, outside: Outside) => void;

/** Commands to try, below the help of a command. */
export const examples = (...lines: readonly string[]): string => ['\nExamples:', ...lines].join('\n  ');
