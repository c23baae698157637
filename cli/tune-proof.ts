import { withoutEnd } from '../engine/hidden-attacks.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import type { Severity } from '../engine/severity.ts';
import { compareTold } from './compare-told.ts';
import type { Io } from './io.ts';
import { type ListSearch, withEntries } from './list-entry.ts';
import { type Effect, evidenceFor, type Proposal } from './proposal.ts';
import { lossesIn } from './recorded-attack.ts';
import { replaySides } from './replay-sides.ts';
import { createToldCollector, type Told, type ToldCollector } from './told.ts';
import { caseHiddenByEntry, type EntryCandidate, nameOfEntry } from './tune-lists.ts';
import { hiddenCase, nameOfPattern, reachOf, type SuppressionCandidate } from './tune-suppressions.ts';
import type { Refusal } from './tune-terms.ts';

export type Candidate = SuppressionCandidate | EntryCandidate;

/** The rules that candidates are for, and how entries of lists are recognised. */
export type Tuned = { readonly ruleSet: RuleSet; readonly search: ListSearch; readonly io: Io };

/** The rules with candidates in force, and which of these are behind an alert that is gone then. */
const inForce = (candidates: readonly Candidate[], { ruleSet, search }: Tuned) => {
  const entries = candidates.filter((each) => each.kind === 'list entry');
  const suppressing = candidates.filter((each) => each.kind === 'suppression');
  const endless = new Map(suppressing.map((each) => [withoutEnd(each.suppression), each] as const));
  const mayBeBehind = (candidate: Candidate, { rule }: Told): boolean =>
    candidate.kind === 'suppression'
      ? reachOf(candidate.suppression, ruleSet).has(rule)
      : search.concerns(candidate, rule);
  return {
    content: { ...withEntries(ruleSet, entries), suppressions: [...ruleSet.suppressions, ...endless.keys()] },
    behind: (told: Told, after: ToldCollector): readonly Candidate[] => {
      const found: readonly Candidate[] = [
        ...after.suppressionsOf(told, ruleSet).flatMap((suppression) => endless.get(suppression) ?? []),
        ...entries.filter((entry) => search.silences(entry, told)),
      ];
      // A correlation names only the first and last of its records: whatever could have taken others out is to blame.
      return found.length > 0 ? found : candidates.filter((each) => mayBeBehind(each, told));
    },
  };
};

/** Suppressions and entries are tried apart, since a record that a list keeps from matching is suppressed no more. */
const byKind = (candidates: readonly Candidate[]): readonly (readonly Candidate[])[] => [
  candidates.filter(({ kind }) => kind === 'suppression'),
  candidates.filter(({ kind }) => kind === 'list entry'),
];

/** The candidates that hide no attack: neither of a case of a rule test nor of recorded logs. */
export const keepHarmless = async (
  candidates: readonly Candidate[],
  attack: string,
  tuned: Tuned,
): Promise<{ readonly kept: readonly Candidate[]; readonly refusals: readonly Refusal[] }> => {
  const harm = new Map<Candidate, string>();
  for (const candidate of candidates) {
    const why =
      candidate.kind === 'suppression'
        ? await hiddenCase(candidate.suppression, tuned.ruleSet)
        : await caseHiddenByEntry(candidate, tuned.ruleSet);
    if (why !== undefined) harm.set(candidate, why);
  }
  for (const group of byKind(candidates)) {
    if (group.length === 0) continue;
    const { content, behind } = inForce(group, tuned);
    const { lost, after } = await lossesIn(attack, tuned.ruleSet, content, tuned.io);
    for (const told of lost) {
      const why = `would hide an alert of ${told.rule} in the recorded attack`;
      for (const each of behind(told, after)) harm.set(each, harm.get(each) ?? why);
    }
  }
  return {
    kept: candidates.filter((each) => !harm.has(each)),
    refusals: [...harm].map(([each, why]) => ({ what: nameOf(each), alerts: alertsOf(each), why })),
  };
};

const nameOf = (candidate: Candidate): string =>
  candidate.kind === 'suppression' ? nameOfPattern(candidate.pattern) : nameOfEntry(candidate);

const alertsOf = (candidate: Candidate): number =>
  candidate.kind === 'suppression' ? candidate.pattern.alerts.size : candidate.alerts;

export type Measured = {
  readonly proposals: readonly Proposal[];
  readonly refusals: readonly Refusal[];
  /** Alerts that all that is proposed takes away and, where a list was empty before, adds. */
  readonly lost: ReadonlySet<Told>;
  readonly gained: ReadonlySet<Told>;
};

/** Replays the logs with the candidates in force, and proposes those that silence something and nothing critical. */
export const measure = async (
  paths: readonly string[],
  candidates: readonly Candidate[],
  told: readonly Told[],
  least: Severity,
  tuned: Tuned,
): Promise<Measured> => {
  if (candidates.length === 0) return { proposals: [], refusals: [], lost: new Set(), gained: new Set() };
  const sides = byKind(candidates).map((group) => ({
    ...inForce(group, tuned),
    after: createToldCollector(least),
  }));
  await replaySides(
    paths,
    sides.map(({ content, after }) => ({ name: 'proposed', content, hear: after.hear })),
    tuned.io,
  );
  const effects = new Map(candidates.map((each) => [each, { lost: new Set<Told>(), gained: new Set<Told>() }]));
  for (const { after, behind } of sides) {
    for (const { lost, gained } of compareTold(told, after.all())) {
      for (const each of lost) for (const candidate of behind(each, after)) effects.get(candidate)?.lost.add(each);
      for (const each of gained) for (const candidate of behind(each, after)) effects.get(candidate)?.gained.add(each);
    }
  }
  const all = [...effects].map(([candidate, effect]) => ({ candidate, effect, why: whyUseless(effect.lost) }));
  const kept = all.filter(({ why }) => why === undefined);
  return {
    proposals: kept.map(({ candidate, effect }) => proposalOf(candidate, effect, told)),
    refusals: all.flatMap(({ candidate, effect, why }) =>
      why === undefined ? [] : [{ what: nameOf(candidate), alerts: effect.lost.size, why }],
    ),
    lost: new Set(kept.flatMap(({ effect }) => [...effect.lost])),
    gained: new Set(kept.flatMap(({ effect }) => [...effect.gained])),
  };
};

const whyUseless = (lost: ReadonlySet<Told>): string | undefined => {
  if (lost.size === 0) return 'silences no alert: others keep each of them going';
  const critical = [...lost].find(({ severity }) => severity === 'critical');
  return critical === undefined ? undefined : `would silence ${critical.rule}, which is critical`;
};

const proposalOf = (candidate: Candidate, effect: Effect, told: readonly Told[]): Proposal => {
  if (candidate.kind === 'list entry') {
    const { kind, list, value } = candidate;
    return { kind, list, value, evidence: evidenceFor(effect, told) };
  }
  const { pattern, suppression } = candidate;
  const evidence = evidenceFor(effect, told, pattern);
  return { kind: 'suppression', principal: pattern.principal, suppression, evidence };
};
