import type { DecidedApproval, DecisionRefusal } from '../../engine/approval.ts';
import { messageOf } from '../../engine/errors.ts';
import type { DecisionDesk } from './decision-desk.ts';
import { renderDecided, renderRefused } from './slack-answer.ts';
import { readSlackDecision, refuseForged, type SlackDecision } from './slack-request.ts';
import { emptyResponse, type UrlRequest, type UrlResponse } from './url-request.ts';

export type SlackSettings = {
  /** Team and user, `T0123/U0456`, of everybody who may decide. */
  readonly approvers: readonly string[];
  /** Where answers may go. */
  readonly origin: string;
};

/** Slack waits three seconds for the answer to its request; that to the message is a courtesy before it. */
const answerTimeoutMs = 1_000;

/**
 * Answers the press of a button in Slack, and tells in the message who decided what, whichever way it was decided. An incoming
 * webhook cannot change what it posted; the address that comes with a press can, so that the first press on buttons that are
 * left over takes them away.
 * https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
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
  const { wish, approver, responseUrl } = pressed;
  const decided = approvers.includes(approver)
    ? await desk.take(wish)
    : desk.refuse({ refused: 'unauthorised', reason: `${approver} is not among those who may decide` }, wish);
  await answer(responseUrl, messageFor(decided, pressed), desk);
  return emptyResponse(200);
};

const messageFor = (decided: DecidedApproval | DecisionRefusal, pressed: SlackDecision): object => {
  if (!('refused' in decided)) return renderDecided(decided, pressed);
  return decided.earlier === undefined ? renderRefused(decided.reason) : renderDecided(decided.earlier, pressed);
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
