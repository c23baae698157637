import { type DecidedApproval, type Decision, sayDecision } from '../../engine/approval.ts';
import { utc } from '../../engine/utc.ts';
import { code, escapeSlack } from '../destinations/slack.ts';
import type { SlackDecision } from './slack-request.ts';

const mrkdwn = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

const says = {
  approved: [':white_check_mark:', 'Approved; what comes of it is told apart'],
  rejected: [':no_entry:', 'Rejected'],
  expired: [':hourglass:', 'Given up'],
} as const satisfies Record<Decision['is'], readonly [string, string]>;

/** Takes the place of the message with the buttons, whoever decided and whoever pressed one of them now. */
export const renderDecided = (
  { request, decision }: DecidedApproval,
  { wish, userId }: Pick<SlackDecision, 'wish' | 'userId'>,
): object => {
  const [mark, what] = says[decision.is];
  const isTheirs = decision.by === wish.by;
  return {
    replace_original: true,
    text: escapeSlack(`${request.title}: it was ${sayDecision(decision)}`),
    blocks: [
      mrkdwn(`${mark} *${what}*`),
      mrkdwn(`${code(request.title)} in account ${code(request.account)}`),
      mrkdwn(`*Because of* ${code(request.because)}, rule ${code(request.rule)}`),
      mrkdwn(`*Decided by* ${isTheirs ? `<@${userId}>` : code(decision.by)} at ${utc(decision.at)}`),
      ...(isTheirs ? [] : [mrkdwn(`<@${userId}> pressed a button after that, which decided nothing`)]),
    ],
  };
};

/** Only the person who pressed the button sees it; the buttons stay as long as somebody may decide. */
export const renderRefused = (reason: string): object => ({
  response_type: 'ephemeral',
  replace_original: false,
  text: `Your decision was not taken: ${escapeSlack(reason)}.`,
});
