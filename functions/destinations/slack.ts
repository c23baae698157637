import type { Alert } from '../../engine/alert.ts';
import { DestinationError, messageOf } from '../../engine/errors.ts';
import type { Severity } from '../../engine/severity.ts';
import type { Destination } from './destination.ts';

const timeoutMs = 10_000;

/** Block Kit's limits. https://docs.slack.dev/reference/block-kit/blocks */
const limits = { header: 150, section: 3_000, field: 2_000, context: 2_000, url: 3_000, buttons: 5 } as const;
/** Slack refuses messages whose blocks come to some 13,000 characters, without saying so in its documentation. */
const maxTotal = 12_000;

const marks: Readonly<Record<Severity, string>> = {
  informational: ':white_circle:',
  low: ':large_blue_circle:',
  medium: ':large_yellow_circle:',
  high: ':large_orange_circle:',
  critical: ':red_circle:',
};

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 3)}...` : text);

/** Takes the meaning out of text that attackers wrote: `<!channel>` and `<url|text>` are control sequences, a backtick ends code. */
export const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
export const code = (text: string): string => `\`${escapeSlack(text.replaceAll('`', "'"))}\``;

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string) => ({ type: 'section', text: mrkdwn(cut(text, limits.section)) });
const lines = (title: string, items: readonly string[]): readonly object[] =>
  items.length === 0 ? [] : [section(`*${title}*\n${items.map((item) => `• ${code(item)}`).join('\n')}`)];

/** What the buttons of a response that waits are called, and what they mean; `approve` reads them back. */
export const decisionButtons = { 'approve-response': 'approved', 'reject-response': 'rejected' } as const;

const buttonsOf = (alert: Alert): readonly object[] => {
  if (alert.approval === undefined) return [];
  const value = `${alert.approval.commandUid}.${alert.approval.digest}`;
  const confirm = {
    title: plain('Approve this response?'),
    text: plain('Trailwire acts on the account at once.'),
    confirm: plain('Approve'),
    deny: plain('Cancel'),
  };
  const elements = [
    { type: 'button', text: plain('Approve'), style: 'primary', action_id: 'approve-response', value, confirm },
    { type: 'button', text: plain('Reject'), style: 'danger', action_id: 'reject-response', value },
  ];
  return [{ type: 'actions', elements }];
};

/** Builds the Block Kit message of an alert. https://docs.slack.dev/block-kit */
export const renderSlackMessage = (
  alert: Alert,
  hasButtons = false,
): { readonly text: string; readonly blocks: readonly object[] } => {
  const decide = hasButtons ? buttonsOf(alert) : [];
  const fields = alert.facts
    .slice(0, 10)
    .map(({ label, value }) => mrkdwn(cut(`*${label}*\n${code(value)}`, limits.field)));
  const buttons = alert.links
    .filter(({ url }) => url.length <= limits.url)
    .slice(0, limits.buttons)
    .map(({ label, url }, index) => ({ type: 'button', text: plain(cut(label, 75)), url, action_id: `link-${index}` }));
  const blocks = [
    { type: 'header', text: plain(cut(`${alert.severity.toUpperCase()}: ${alert.title}`, limits.header)) },
    { type: 'section', text: { type: 'plain_text', text: cut(alert.message, limits.section), emoji: false } },
    ...decide,
    ...(alert.about === undefined ? [] : [{ type: 'section', text: plain(cut(alert.about, limits.section)) }]),
    ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
    ...lines('Why it fired', alert.why),
    ...lines('What was done', alert.done),
    ...(alert.next === undefined
      ? []
      : [section('*What to do next*'), { type: 'section', text: plain(cut(alert.next, limits.section)) }]),
    ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }]),
    {
      type: 'context',
      elements: [
        mrkdwn(cut(`${marks[alert.severity]} rule ${code(alert.rule)}, finding ${code(alert.thread)}`, limits.context)),
      ],
    },
  ];
  return {
    text: cut(`${alert.severity.toUpperCase()}: ${escapeSlack(alert.title)}: ${escapeSlack(alert.message)}`, 3_000),
    blocks: withinTotal(blocks),
  };
};

/** Leaves out whole blocks from the second-last up until the message is small enough; header and identity stay. */
const withinTotal = (blocks: readonly object[]): readonly object[] => {
  const kept = [...blocks];
  while (kept.length > 3 && JSON.stringify(kept).length > maxTotal) kept.splice(-2, 1);
  return kept;
};

/**
 * Posts to an incoming webhook. 429 and 5xx are worth another try, other answers are not; the webhook's address is a
 * secret and stays out of messages. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export const createSlackDestination = (readWebhook: () => Promise<string>, hasButtons = false): Destination => ({
  send: async (alert) => {
    const webhook = parseWebhook(await readWebhook());
    const body = JSON.stringify({ ...renderSlackMessage(alert, hasButtons), unfurl_links: false, unfurl_media: false });
    const response = await post(webhook, body);
    if (response.ok) return;
    const answer = cut(await response.text(), 200);
    const retryable = response.status === 429 || response.status >= 500;
    const wait = response.headers.get('retry-after');
    throw new DestinationError(
      retryable ? 'DESTINATION_RETRYABLE' : 'DESTINATION_REFUSED',
      `Slack answered ${response.status} ${answer}${wait === null ? '' : `, retry after ${wait} s`}`,
    );
  },
});

const post = async (webhook: URL, body: string): Promise<Response> => {
  try {
    return await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new DestinationError('DESTINATION_RETRYABLE', `Slack could not be reached: ${messageOf(error)}`);
  }
};

const parseWebhook = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && url.hostname === '127.0.0.1';
  if (url === undefined || (url.protocol !== 'https:' && !isLocal)) {
    throw new DestinationError('DESTINATION_NOT_CONFIGURED', 'the Slack webhook is not an https address');
  }
  return url;
};
