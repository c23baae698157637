import * as z from 'zod/mini';
import { onFirstUse } from '../engine/on-first-use.ts';
import { decideByLink } from './approve/by-link.ts';
import { createDecisionDesk, type DeskParts } from './approve/decision-desk.ts';
import { decideInSlack, type SlackSettings } from './approve/in-slack.ts';
import { emptyResponse, parseUrlRequest, type UrlResponse } from './approve/url-request.ts';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createTelemetry } from './log.ts';

export type ApproveParts = DeskParts & {
  readonly slack: SlackSettings;
  /** Absent where nobody decides in that way. */
  readonly readSlackSecret: (() => Promise<string>) | undefined;
  readonly readLinkSecret: (() => Promise<string>) | undefined;
};

/**
 * A decision of a person in, the decision in the table out. The internet talks to this function: it proves who speaks, takes
 * the one decision on a plan and has `remediate` look at it, which trusts nothing else that comes from here.
 */
export const createApprove = ({ slack, readSlackSecret, readLinkSecret, ...deskParts }: ApproveParts) => {
  const desk = createDecisionDesk(deskParts);
  return async (event: unknown): Promise<UrlResponse> => {
    const request = parseUrlRequest(event);
    if (request.headers['x-slack-signature'] !== undefined) {
      if (readSlackSecret === undefined) return emptyResponse(404);
      return decideInSlack(request, await readSlackSecret(), slack, desk);
    }
    if (readLinkSecret === undefined) return emptyResponse(404);
    if (request.method !== 'GET' && request.method !== 'POST') return emptyResponse(405);
    return decideByLink(request, await readLinkSecret(), desk);
  };
};

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const approveConfig = z.object({
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_DECISION_QUEUE: z.string(),
  TRAILWIRE_SLACK_APPROVERS: z.pipe(
    z._default(
      z.string().check(z.regex(/^(?:T[A-Z0-9]+\/[UW][A-Z0-9]+(?:,(?!$)|$))*$/, 'expected T0123/U0456,...')),
      '',
    ),
    z.transform((approvers: string) => approvers.split(',').filter((approver) => approver !== '')),
  ),
  TRAILWIRE_SLACK_SECRET_PARAMETER: z._default(z.string(), ''),
  TRAILWIRE_APPROVAL_LINK_PARAMETER: z._default(z.string(), ''),
});

const connectApprove = async (config: z.infer<typeof approveConfig>): ReturnType<DeskParts['connect']> => {
  const [{ DynamoDBClient }, { DynamoDBDocumentClient }, { createDecisionStore }, { createDecisionQueue }] =
    await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('@aws-sdk/lib-dynamodb'),
      import('./decision-store.ts'),
      import('./decision-queue.ts'),
    ]);
  return {
    approvals: createDecisionStore(DynamoDBDocumentClient.from(new DynamoDBClient()), config.TRAILWIRE_TABLE),
    handOver: createDecisionQueue(config.TRAILWIRE_DECISION_QUEUE),
  };
};

const telemetry = createTelemetry('approve');

/** Lambda entry, behind the function's URL. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('approve', approveConfig);
  const secretOf = (parameter: string): (() => Promise<string>) | undefined => {
    if (parameter === '') return undefined;
    const reader = onFirstUse(async () => (await import('./secret.ts')).createSecretReader(parameter));
    return async () => (await reader())();
  };
  return createApprove({
    slack: { approvers: config.TRAILWIRE_SLACK_APPROVERS, origin: 'https://hooks.slack.com' },
    readSlackSecret: secretOf(config.TRAILWIRE_SLACK_SECRET_PARAMETER),
    readLinkSecret: secretOf(config.TRAILWIRE_APPROVAL_LINK_PARAMETER),
    connect: () => connectApprove(config),
    telemetry,
    now: Date.now,
  });
});
