import type { ApprovalRequest } from '../../engine/approval.ts';
import { type Html, html } from '../../engine/safe-html.ts';
import { utc } from '../../engine/utc.ts';
import type { UrlResponse } from './url-request.ts';

/**
 * No script, no style, no frame, nothing loaded, nothing kept; and no address handed on, because the token is in it.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

const page = (statusCode: number, title: string, content: Html): UrlResponse => ({
  statusCode,
  headers,
  body: html`<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
${content}
</html>
`.html,
});

/** A page with one sentence. */
export const renderNotice = (statusCode: number, title: string, text: string): UrlResponse =>
  page(statusCode, title, html`<p>${text}</p>`);

const item = (label: string, value: string): Html => html`<dt>${label}</dt>
<dd>${value}</dd>
`;

/** What would be done, and the two buttons. To look decides nothing: programs that scan mail open every link in it. */
export const renderQuestion = (request: ApprovalRequest, token: string): UrlResponse =>
  page(
    200,
    'Approve this response?',
    html`<dl>
${[
  item('Response', request.title),
  item('Target', request.arn),
  item('Account', request.account),
  item('Because of', `${request.because} (${request.severity}, rule ${request.rule})`),
  item('Why it is asked', request.reasons.join('; ')),
  ...request.calls.map((call) => item('Would call', call)),
  item('Does not stop', request.doesNotStop),
  item('Decide until', utc(request.expiresAt)),
]}</dl>
<form method="post">
<input type="hidden" name="token" value="${token}">
<button name="decision" value="approved">Approve</button>
<button name="decision" value="rejected">Reject</button>
</form>`,
  );
