import * as z from 'zod/mini';
import { sayDecision } from '../../engine/approval.ts';
import { verifyToken } from '../approval-link.ts';
import type { DecisionDesk } from './decision-desk.ts';
import { renderNotice, renderQuestion } from './page.ts';
import type { UrlRequest, UrlResponse } from './url-request.ts';

const nothing = 'Nothing was decided';

/** Answers a request for the link of an e-mail: GET shows what would be done, POST decides. */
export const decideByLink = async (
  { method, query, body, sourceIp }: UrlRequest,
  secret: string,
  desk: DecisionDesk,
): Promise<UrlResponse> => {
  const form = method === 'POST' ? new URLSearchParams(body.toString('utf8')) : query;
  const token = form.get('token') ?? '';
  const asked = verifyToken(token, secret, desk.now());
  if ('refused' in asked) {
    return renderNotice(403, nothing, `${desk.refuse(asked, { sourceIp }).reason}.`);
  }
  const { commandUid, digest } = asked;
  if (method !== 'POST') {
    const approval = await desk.load(commandUid);
    if (approval === undefined) return renderNotice(404, nothing, 'Nothing waits under this link.');
    const { request, decision } = approval;
    if (decision === undefined) return renderQuestion(request, token);
    return renderNotice(200, 'This was decided already', `It was ${sayDecision(decision)}.`);
  }
  const is = z.enum(['approved', 'rejected']).safeParse(form.get('decision'));
  if (!is.success) {
    const reason = 'the form does not say what is decided';
    return renderNotice(400, nothing, `${desk.refuse({ refused: 'unreadable', reason }, { commandUid }).reason}.`);
  }
  const by = `somebody with the link of the e-mail, from ${sourceIp}`;
  const decided = await desk.take({ commandUid, digest, is: is.data, by });
  if ('refused' in decided) return renderNotice(409, nothing, `${decided.reason}.`);
  return renderNotice(
    200,
    `${decided.request.title} was ${is.data}`,
    is.data === 'approved' ? 'It is being carried out; an alert tells what came of it.' : 'It will not be run.',
  );
};
