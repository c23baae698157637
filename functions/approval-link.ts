import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalAsked } from '../engine/alert.ts';
import type { DecisionRefusal } from '../engine/approval.ts';
import { ConfigError } from '../engine/errors.ts';

/** A shorter secret could be guessed from one link. */
const leastSecret = 32;

const tokenForm = /^([0-9a-f]{32})\.([0-9a-f]{64})\.(\d{1,16})\.([0-9a-f]{64})$/;

/** Signs what a link decides on: one plan, until its time is over. That it decides once is the business of the store. */
const signatureOf = ({ commandUid, digest, expiresAt }: ApprovalAsked, secret: string): Buffer => {
  if (secret.length < leastSecret) {
    throw new ConfigError('CONFIG_INVALID', `the secret of approval links has less than ${leastSecret} characters`);
  }
  return createHmac('sha256', secret).update(`trailwire approval 1:${commandUid}:${digest}:${expiresAt}`).digest();
};

/** Makes links to `approve`. */
export const createLinkSigner =
  (url: string, readSecret: () => Promise<string>) =>
  async (approval: ApprovalAsked): Promise<string> => {
    const { commandUid, digest, expiresAt } = approval;
    const signature = signatureOf(approval, await readSecret()).toString('hex');
    return `${url}?token=${commandUid}.${digest}.${expiresAt}.${signature}`;
  };

/** What the token of a link is for, if this secret signed it and its time is not over (`now` in ms since 1970). */
export const verifyToken = (token: string, secret: string, now: number): ApprovalAsked | DecisionRefusal => {
  const [, commandUid, digest, expires, signature] = tokenForm.exec(token) ?? [];
  if (commandUid === undefined || digest === undefined || signature === undefined) {
    return { refused: 'forged', reason: 'this is no link of Trailwire' };
  }
  const approval = { commandUid, digest, expiresAt: Number(expires) };
  if (!timingSafeEqual(Buffer.from(signature, 'hex'), signatureOf(approval, secret))) {
    return { refused: 'forged', reason: 'this link was not signed by Trailwire' };
  }
  if (now >= approval.expiresAt) return { refused: 'late', reason: 'the time of this link is over' };
  return approval;
};
