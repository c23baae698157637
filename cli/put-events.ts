import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { cloudTrailDetailTypes, type Delivery, unwrap } from '../engine/delivery.ts';
import { messageOf } from '../engine/errors.ts';
import { inflate } from './read-records.ts';

/** The PutEvents request as every AWS SDK and the AWS CLI send it. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const request = z.looseObject({
  Entries: z
    .array(
      z.looseObject({
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        Detail: z.string().optional(),
      }),
    )
    .min(1)
    .max(10),
});
type Entry = z.infer<typeof request>['Entries'][number];

export type EntryAnswer = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** What PutEvents answers, and the CloudTrail records that were in it. */
export type PutEventsResult = {
  readonly status: 200 | 400;
  readonly body: object;
  readonly deliveries: readonly Delivery[];
};

/** The header that names the operation in AWS's JSON protocol. */
export const putEventsTarget = 'AWSEvents.PutEvents';

/** Answers PutEvents as EventBridge does: per entry, in order, an id or an error. */
export const putEvents = (body: unknown): PutEventsResult => {
  const parsed = request.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `${issue?.path.join('.')}: ${issue?.message}`;
    return { status: 400, body: { __type: 'ValidationException', message }, deliveries: [] };
  }
  const results = parsed.data.Entries.map(putEntry);
  const answers = results.map(({ answer }) => answer);
  return {
    status: 200,
    body: { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers },
    deliveries: results.flatMap(({ delivery }) => (delivery === undefined ? [] : [delivery])),
  };
};

const refuse = (ErrorCode: string, ErrorMessage: string) => ({
  answer: { ErrorCode, ErrorMessage },
  delivery: undefined,
});

const putEntry = ({ Source, DetailType, Detail }: Entry): { answer: EntryAnswer; delivery: Delivery | undefined } => {
  if (!Source || !DetailType || Detail === undefined) {
    const missing = !Source ? 'Source' : !DetailType ? 'DetailType' : 'Detail';
    return refuse('InvalidArgument', `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`);
  }
  let detail: unknown;
  try {
    detail = JSON.parse(Detail);
  } catch (error) {
    return refuse('MalformedDetail', `Detail is malformed: ${messageOf(error)}`);
  }
  const id = randomUUID();
  const event = { id, 'detail-type': DetailType, source: Source, detail };
  const [item] = unwrap(event, inflate);
  if (item?.kind === 'delivery') return { answer: { EventId: id }, delivery: item.delivery };
  const reason = item?.kind === 'unreadable' ? item.error.message : 'nothing in it';
  return refuse('NotCloudTrail', `${reason}; DetailType is one of ${cloudTrailDetailTypes.join(', ')}`);
};
