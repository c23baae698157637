import { withoutEnd } from '../engine/hidden-attacks.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import type { Severity } from '../engine/severity.ts';
import { compareTold } from './compare-told.ts';
import type { Io } from './io.ts';
import { type ListSearch, withEntries } from './list-entry.ts';
import { evidenceFor, type Proposal } from './proposal.ts';
import { lossesIn } from './recorded-attack.ts';
import { replaySides } from './replay-sides.ts';
import { createToldCollector, type Told, type ToldCollector } from './told.ts';
import { caseHiddenByEntry, type EntryCandidate, nameOfEntry } from './tune-lists.ts';
import { hiddenCase, nameOfPattern, type SuppressionCandidate } from './tune-suppressions.ts';
import type { Refusal } from './tune-terms.ts';

export type Candidate = SuppressionCandidate | EntryCandidate;

/** The rules that candidates are for, and how entries of lists are recognised. */
export type Tuned = { readonly ruleSet: RuleSet; readonly search: ListSearch; readonly io: Io };

/** The rules with candidates in force, and which of these are behind an alert that is gone then. */
const inForce = (candidates: readonly Candidate[], { ruleSet, search }: Tuned) => {
  const entries = candidates.filter((each) => each.kind === 'list entry');
  const suppressing = candidates.filter((each) => each.kind === 'suppression');
  const endless = new Map(suppressing.map((each) => [withoutEnd(each.suppression), each] as const));
  return {
    content: { ...withEntries(ruleSet, entries), suppressions: [...ruleSet.suppressions, ...endless.keys()] },
    behind: (told: Told, after: ToldCollector): readonly Candidate[] => [
      ...after.suppressionsOf(told, ruleSet).flatMap((suppression) => endless.get(suppression) ?? []),
      ...entries.filter((entry) => search.silences(entry, told)),
    ],
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
  /** What is still told with all that is proposed. */
  readonly left: readonly Told[];
};

/** Replays the logs with the candidates in force, and proposes those that silence something and nothing critical. */
export const measure = async (
  paths: readonly string[],
  candidates: readonly Candidate[],
  told: readonly Told[],
  least: Severity,
  tuned: Tuned,
): Promise<Measured> => {
  if (candidates.length === 0) return { proposals: [], refusals: [], left: told };
  const groups = [...byKind(candidates), candidates];
  const sides = groups.map((group) => ({ ...inForce(group, tuned), after: createToldCollector(least) }));
  await replaySides(
    paths,
    sides.map(({ content, after }) => ({ name: 'proposed', content, hear: after.hear })),
    tuned.io,
  );
  const gone = new Map<Candidate, Told[]>(candidates.map((each) => [each, []]));
  for (const { after, behind } of sides.slice(0, 2)) {
    const lost = compareTold(told, after.all()).flatMap((change) => change.lost);
    for (const each of lost) for (const candidate of behind(each, after)) gone.get(candidate)?.push(each);
  }
  const refusals = [...gone].flatMap(([candidate, lost]) => {
    const why = whyUseless(lost);
    return why === undefined ? [] : [{ what: nameOf(candidate), alerts: lost.length, why }];
  });
  return {
    proposals: [...gone]
      .filter(([, lost]) => whyUseless(lost) === undefined)
      .map(([each, lost]) => proposalOf(each, lost, told)),
    refusals,
    left: sides[2]?.after.all() ?? told,
  };
};

const whyUseless = (lost: readonly Told[]): string | undefined => {
  if (lost.length === 0) return 'silences no alert: others keep each of them going';
  const critical = lost.find(({ severity }) => severity === 'critical');
  return critical === undefined ? undefined : `would silence ${critical.rule}, which is critical`;
};

const proposalOf = (candidate: Candidate, lost: readonly Told[], told: readonly Told[]): Proposal => {
  if (candidate.kind === 'list entry') {
    const { kind, list, value } = candidate;
    return { kind, list, value, evidence: evidenceFor(lost, told) };
  }
  const { pattern, suppression } = candidate;
  const evidence = evidenceFor(lost, told, pattern);
  return { kind: 'suppression', principal: pattern.principal, suppression, evidence };
};
