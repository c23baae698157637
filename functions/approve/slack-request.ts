import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { DecisionRefusal, DecisionWish } from '../../engine/approval.ts';
import { oneLine } from '../../engine/template.ts';
import { decisionButtons } from '../destinations/slack.ts';
import type { UrlRequest } from './url-request.ts';

/** Slack's own bound, both ways: an older request may have been recorded and sent again. */
const toleranceSeconds = 300;

/**
 * Why a request is not from Slack, or not from now; `undefined` when it is.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const refuseForged = (
  { headers, body }: Pick<UrlRequest, 'headers' | 'body'>,
  secret: string,
  now: number,
): DecisionRefusal | undefined => {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const [, signature] = /^v0=([0-9a-f]{64})$/.exec(headers['x-slack-signature'] ?? '') ?? [];
  if (!/^\d{1,12}$/.test(timestamp) || signature === undefined) {
    return { refused: 'forged', reason: 'the request has no signature of Slack' };
  }
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  if (!timingSafeEqual(Buffer.from(signature, 'hex'), expected)) {
    return { refused: 'forged', reason: 'the request was not signed by Slack' };
  }
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) {
    return { refused: 'stale', reason: 'the request is not of the last five minutes' };
  }
  return undefined;
};

const buttonSchema = z.object({
  action_id: z.enum(Object.keys(decisionButtons) as (keyof typeof decisionButtons)[]),
  value: z.string().check(z.regex(/^[0-9a-f]{32}\.[0-9a-f]{64}$/)),
});

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const payloadSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({
    id: z.string().check(z.regex(/^[UW][A-Z0-9]{1,30}$/)),
    name: z.optional(z.string()),
    team_id: z.optional(z.string()),
  }),
  team: z.nullish(z.object({ id: z.string() })),
  actions: z.array(z.unknown()).check(z.length(1)),
  response_url: z.string(),
});

/** A person pressed a button: what they wish, who they are, and where Slack takes the answer. */
export type SlackDecision = {
  readonly wish: DecisionWish;
  /** Team and user, as `approvers` lists them. */
  readonly approver: string;
  readonly userId: string;
  readonly responseUrl: URL;
};

/** Reads a signed request. `undefined` for buttons that decide nothing, such as links, of which Slack tells too. */
export const readSlackDecision = (body: Buffer, origin: string): SlackDecision | DecisionRefusal | undefined => {
  const unreadable = (reason: string): DecisionRefusal => ({ refused: 'unreadable', reason });
  const payload = payloadSchema.safeParse(jsonOf(new URLSearchParams(body.toString('utf8')).get('payload') ?? ''));
  if (!payload.success) return unreadable('the request is not the press of a button');
  const { user, team, actions, response_url: responseUrl } = payload.data;
  const isOurs = z.object({ action_id: z.enum(buttonSchema.shape.action_id.options) }).safeParse(actions[0]).success;
  if (!isOurs) return undefined;
  const button = buttonSchema.safeParse(actions[0]);
  if (!button.success) return unreadable('the button does not say what it decides on');
  // Slack signed it, and still: whoever could choose the address would have this function call it.
  const url = URL.canParse(responseUrl) ? new URL(responseUrl) : undefined;
  if (url?.origin !== origin) return unreadable(`the answer would not go to ${origin}`);
  const [commandUid = '', digest] = button.data.value.split('.');
  const approver = `${user.team_id ?? team?.id ?? ''}/${user.id}`;
  const by = `${oneLine(user.name ?? user.id, 80)} (Slack ${oneLine(approver, 80)})`;
  const is = decisionButtons[button.data.action_id];
  return { wish: { commandUid, digest, is, by }, approver, userId: user.id, responseUrl: url };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
};
