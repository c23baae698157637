import { plural } from '../engine/plural.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import type { Evidence, Proposal, TuneReport } from './proposal.ts';

const indent = ' '.repeat(9);

/** Proposals with their evidence, then what was refused and why, for a terminal. */
export const renderTune = (
  { alertsPerWeek, logs, weeks, proposals, refused }: TuneReport,
  io: Io,
): readonly string[] => [
  `${plural(logs.records, 'record')}${weeks === 1 ? ', counted as one week' : ` of ${Math.round(weeks * 10) / 10} weeks`}`,
  `alerts a week: ${alertsPerWeek.before}, and ${alertsPerWeek.after} with all that is proposed`,
  ...proposals.flatMap((proposal) => renderProposal(proposal, io)),
  ...(refused.length === 0 ? [] : ['']),
  ...refused.map(
    ({ what, alerts, why }) =>
      `${io.color('yellow', 'REFUSED  ')}${oneLine(what)} (${plural(alerts, 'alert')}): ${oneLine(why)}`,
  ),
];

const renderProposal = (proposal: Proposal, io: Io): readonly string[] => [
  '',
  `${io.color('green', 'PROPOSED ')}${io.color('bold', oneLine(nameOf(proposal)))}`,
  ...renderEvidence(proposal.evidence),
  ...(proposal.kind === 'suppression' ? [`${indent}${jsonLine(proposal.suppression.when)}`] : []),
];

const nameOf = (proposal: Proposal): string =>
  proposal.kind === 'suppression'
    ? `suppress ${[proposal.suppression.rule ?? []].flat().join()} for ${proposal.principal}`
    : `add ${proposal.value} to lists/${proposal.list}.json`;

const renderEvidence = (evidence: Evidence): readonly string[] => {
  const { silenced, added, days, first, last, events, traits, varying, alsoSetOff } = evidence;
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ['from', [...traits.agents, ...traits.networks]],
    ['on', traits.resources],
    ['records', events],
    ['another each time', varying],
    ['also sets off', alsoSetOff],
  ];
  return [
    ...silenced.map(
      ({ rule, alerts, of }) =>
        `${indent}${alerts} of ${plural(of, 'alert')} of ${rule} (${Math.round((alerts / of) * 100)} %)`,
    ),
    ...added.map(({ rule, alerts }) => `${indent}adds ${plural(alerts, 'alert')} of ${rule}`),
    `${indent}seen on ${plural(days, 'day')}, ${first} to ${last}`,
    ...facts.flatMap(([label, values]) =>
      values.length === 0 ? [] : [`${indent}${label}: ${oneLine(values.join(', '))}`],
    ),
  ];
};
