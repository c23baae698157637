import { messageOf } from '../../engine/errors.ts';
import type { DecisionDesk } from './decision-desk.ts';
import { renderDecided, renderRefused } from './slack-answer.ts';
import { readSlackDecision, refuseForged } from './slack-request.ts';
import { emptyResponse, type UrlRequest, type UrlResponse } from './url-request.ts';

export type SlackSettings = {
  /** Team and user, `T0123/U0456`, of everybody who may decide. */
  readonly approvers: readonly string[];
  /** Where answers may go. */
  readonly origin: string;
};

/** Slack waits three seconds for the answer to its request; that to the message is a courtesy before it. */
const answerTimeoutMs = 1_000;

/** Answers the press of a button in Slack, and tells in the message who decided what. */
export const decideInSlack = async (
  { headers, body, sourceIp }: UrlRequest,
  secret: string,
  { approvers, origin }: SlackSettings,
  desk: DecisionDesk,
): Promise<UrlResponse> => {
  const forged = refuseForged({ headers, body }, secret, desk.now());
  if (forged !== undefined) {
    desk.refuse(forged, { sourceIp });
    return emptyResponse(401);
  }
  const pressed = readSlackDecision(body, origin);
  if (pressed === undefined) return emptyResponse(200);
  if ('refused' in pressed) {
    desk.refuse(pressed, { sourceIp });
    return emptyResponse(400);
  }
  const { wish, approver, userId, responseUrl } = pressed;
  const decided = approvers.includes(approver)
    ? await desk.take(wish)
    : desk.refuse({ refused: 'unauthorised', reason: `${approver} is not among those who may decide` }, wish);
  const message = 'refused' in decided ? renderRefused(decided.reason) : renderDecided(decided, userId);
  await answer(responseUrl, message, desk);
  return emptyResponse(200);
};

const answer = async (url: URL, message: object, { telemetry }: DecisionDesk): Promise<void> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    if (!response.ok) telemetry.logger.error('Slack did not take the answer', { status: response.status });
  } catch (error) {
    // The decision stands, and what comes of it is an alert of its own.
    telemetry.logger.error('Slack could not be answered', { error: messageOf(error) });
  }
};
