import { ConfigError } from '../engine/errors.ts';
import { partitionOf } from '../engine/partition.ts';
import { guardsTagsIn, permissionsOf, remediationsInUse, type Statement } from '../engine/permissions.ts';
import { plural } from '../engine/plural.ts';
import { type RemediationName, remediationNameSchema } from '../engine/remediations/name.ts';
import { allRulesOf } from '../engine/rule-set.ts';
import type { policyUses } from './choices.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';

export type PermissionsOptions = {
  readonly rules: string;
  readonly account: string;
  readonly region: string;
  readonly for: (typeof policyUses)[number];
};

/** `trailwire permissions [remediation...]`: the least-privilege policy for them, or for those that the rules name, as JSON. */
export const permissions = (names: readonly string[], options: PermissionsOptions, io: Io): number => {
  const { account, region, rules } = options;
  if (!/^\d{12}$/.test(account)) {
    throw new ConfigError('CONFIG_INVALID', `--account ${JSON.stringify(account)} is not the 12 digits of an account`);
  }
  if (!/^(?:\*|[a-z]+-[a-z0-9*-]+)$/.test(region)) {
    throw new ConfigError(
      'CONFIG_INVALID',
      `--region ${JSON.stringify(region)} is no region, such as eu-west-1 or eu-*`,
    );
  }
  const ruleSet = loadRules(rules);
  const wanted = names.length > 0 ? names.map(parseName) : [...remediationsInUse(allRulesOf(ruleSet))];
  const place = { partition: partitionOf(region), account, region };
  const { reads, calls } = permissionsOf(wanted, place, guardsTagsIn(ruleSet));
  const undo = permissionsOf(wanted, place);
  const statementsFor: Readonly<Record<PermissionsOptions['for'], readonly Statement[]>> = {
    plan: reads,
    respond: [...reads, ...calls],
    undo: [...undo.reads, ...undo.undoCalls],
  };
  const Statement = statementsFor[options.for];
  io.out(JSON.stringify({ Version: '2012-10-17', Statement }, undefined, 2));
  io.err(`To ${options.for} with ${plural(wanted.length, 'response')}: ${wanted.toSorted().join(', ')}`);
  return 0;
};

const parseName = (name: string): RemediationName => {
  const parsed = remediationNameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  const hint = didYouMean(name, remediationNameSchema.options);
  throw new ConfigError('CONFIG_INVALID', `there is no response ${JSON.stringify(name)}${hint}`);
};
