import { createResponseList, type ListedResponse } from '../account/response-list.ts';
import { labelOf } from '../engine/plan.ts';
import { plural } from '../engine/plural.ts';
import { oneLine } from '../engine/template.ts';
import { utc } from '../engine/utc.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';

export type RespondListOptions = {
  readonly table: string;
  readonly region?: string;
  readonly limit: number;
  readonly format: 'text' | 'jsonl';
};

/** `trailwire respond list`: the responses that ran, the latest first; needs `dynamodb:Query` on the index of the table. */
export const respondList = async ({ table, region, limit, format }: RespondListOptions, io: Io): Promise<number> => {
  const list = createResponseList(table, region === undefined ? {} : { region });
  const responses = await list(limit);
  for (const response of responses) {
    if (format === 'jsonl') io.out(jsonLine(response));
    else for (const line of renderResponse(response, io)) io.out(line);
  }
  io.err(plural(responses.length, 'response'));
  return 0;
};

const renderResponse = (response: ListedResponse, io: Io): readonly string[] => {
  const { id, at, plan, cause } = response;
  return [
    `${id}  ${utc(at)}  ${io.color('bold', plan.remediation)} on ${oneLine(labelOf(plan.target), 100)}`,
    `    ${stateOf(response, io.now())}; account ${plan.target.account}; for ${cause.rule}: ${oneLine(cause.title, 100)}`,
  ];
};

/** What is known without asking the account. */
const stateOf = ({ undone, carriedOut, plan, ask }: ListedResponse, now: number): string => {
  if (undone) return 'taken back';
  if (!carriedOut && ask !== undefined) {
    return ask.expiresAt > now
      ? `may wait for approval until ${utc(ask.expiresAt)}`
      : 'was not approved, or not carried out';
  }
  if (!carriedOut) return 'not carried out in full';
  const isFinal = plan.changes.some(({ undo }) => 'cannot' in undo);
  return isFinal ? 'carried out; cannot be taken back' : 'carried out';
};
