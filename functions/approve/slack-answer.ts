import type { DecidedApproval } from '../../engine/approval.ts';
import { utc } from '../../engine/utc.ts';
import { code, escapeSlack } from '../destinations/slack.ts';

const mrkdwn = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** Takes the place of the message with the buttons. `userId` is Slack's, of a form that was checked. */
export const renderDecided = ({ request, decision }: DecidedApproval, userId: string): object => {
  const [mark, says] =
    decision.is === 'approved'
      ? [':white_check_mark:', 'Approved, and being carried out; what comes of it is told apart']
      : [':no_entry:', 'Rejected'];
  return {
    replace_original: true,
    text: escapeSlack(`${request.title}: ${says}`),
    blocks: [
      mrkdwn(`${mark} *${says}*`),
      mrkdwn(`${code(request.title)} in account ${code(request.account)}`),
      mrkdwn(`*Because of* ${code(request.because)}, rule ${code(request.rule)}`),
      mrkdwn(`*Decided by* <@${userId}> at ${utc(decision.at)}`),
    ],
  };
};

/** Only the person who pressed the button sees it; the buttons stay for those who may decide. */
export const renderRefused = (reason: string): object => ({
  response_type: 'ephemeral',
  replace_original: false,
  text: `Your decision was not taken: ${escapeSlack(reason)}.`,
});
