import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { isRegionName, regionNameExpected } from '../../engine/region-name.ts';
import { severitySchema } from '../../engine/severity.ts';

/** The table of the stack; a test holds it equal to the template. */
export const stackTable = 'trailwire';

/** A whole number within bounds. */
export const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`expected ${least} to ${most}`);
    return number;
  };

export const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY)) throw new InvalidArgumentError('expected a number above 0');
  return number;
};

export const zeroOrMore = (text: string): number => {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('expected 0 or more');
  return number;
};

const regionNames = (text: string, before: readonly string[] = []): readonly string[] => {
  if (!isRegionName(text)) throw new InvalidArgumentError(regionNameExpected);
  return before.includes(text) ? before : [...before, text];
};

/** Options that several commands have. */
export const rules = ['--rules <folder>', 'where the rules are', 'rules'] as const;
export const regions = [
  '--region <region...>',
  'these alone (default: all that the account can be used in)',
  regionNames,
] as const;
export const stackRegion = ['--region <name>', 'the region of the stack (default: that of the environment)'] as const;
export const keys = [
  '--keys <file...>',
  'what `aws cloudtrail list-public-keys` prints, a file for each region',
] as const;
export const fetchKeys = [
  '--fetch-keys',
  'ask AWS for the keys of the digests: cloudtrail:ListPublicKeys in their regions',
] as const;
export const jobs = ['--jobs <number>', 'threads that read and match', whole(1, 64), availableParallelism()] as const;

export const severity = (flag: string, says: string): Option =>
  new Option(`${flag} <severity>`, says).choices(severitySchema.options);
export const leastAlert = (): Option => severity('--min-severity', 'least severity of an alert').default('medium');
export const format = <Name extends string>(first: Name, ...others: readonly Name[]): Option =>
  new Option('--format <format>').choices([first, ...others]).default(first);
