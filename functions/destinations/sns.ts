import { type MessageAttributeValue, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Alert, ApprovalAsked } from '../../engine/alert.ts';
import { DestinationError, messageOf } from '../../engine/errors.ts';
import { severityId } from '../../engine/severity.ts';
import { renderAlertText } from './alert-text.ts';
import type { Destination } from './destination.ts';

/** Fewer than 100 characters, printable, no line breaks. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxSubject = 99;

/** What AWS says when the same request can never succeed. */
const refusals = new Set([
  'InvalidParameter',
  'InvalidParameterValue',
  'NotFound',
  'AuthorizationError',
  'EndpointDisabled',
]);

/**
 * Publishes to one topic: text for e-mail, the alert as JSON for programs, and attributes that subscribers filter by
 * (`severity`, `severity_id`, `rule`, `account`, `region`, `kind`). `linkOf` signs the link that decides on a response that waits.
 */
export const createSnsDestination = (
  TopicArn: string,
  linkOf?: (approval: ApprovalAsked) => Promise<string>,
  client = new SNSClient(),
): Destination => ({
  send: async (alert) => {
    const text = renderAlertText(alert);
    const json = JSON.stringify(alert);
    // In the e-mail alone: who holds the link decides, and programs log what they get.
    const email =
      linkOf === undefined || alert.approval === undefined
        ? text
        : renderAlertText({ ...alert, next: `To approve or reject: ${await linkOf(alert.approval)}\n${alert.next}` });
    const Message = JSON.stringify({ default: text, email, sqs: json, lambda: json, http: json, https: json });
    try {
      await client.send(
        new PublishCommand({
          TopicArn,
          Subject: renderSubject(alert),
          MessageStructure: 'json',
          Message,
          MessageAttributes: attributesOf(alert),
        }),
      );
    } catch (error) {
      const refused = error instanceof Error && refusals.has(error.name.replace(/Exception$/, ''));
      const code = refused ? 'DESTINATION_REFUSED' : 'DESTINATION_RETRYABLE';
      throw new DestinationError(code, `SNS ${TopicArn}: ${messageOf(error)}`, { cause: error });
    }
  },
});

const renderSubject = (alert: Alert): string => {
  const text = `[${alert.severity}] ${alert.title}${alert.account === undefined ? '' : ` in ${alert.account}`}`;
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, maxSubject);
};

const attributesOf = (alert: Alert): Record<string, MessageAttributeValue> => {
  const texts = {
    severity: alert.severity,
    rule: alert.rule,
    kind: alert.kind,
    account: alert.account,
    region: alert.region,
  };
  return {
    severity_id: { DataType: 'Number', StringValue: String(severityId(alert.severity)) },
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([name, StringValue]) =>
        StringValue ? [[name, { DataType: 'String', StringValue }]] : [],
      ),
    ),
  };
};
