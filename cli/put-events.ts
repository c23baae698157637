import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Delivery, unwrap } from '../engine/delivery.ts';
import { messageOf } from '../engine/errors.ts';
import type { Accept, Answer } from './http-door.ts';
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
type EntryAnswer = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** The header that names the operation in AWS's JSON protocol. */
export const putEventsTarget = 'AWSEvents.PutEvents';

/** Answers PutEvents as EventBridge does: per entry, in order, an id or an error. */
export const putEvents = async (body: unknown, accept: Accept): Promise<Answer> => {
  const parsed = request.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = [issue?.path.join('.'), issue?.message].filter((part) => part !== '').join(': ');
    return { status: 400, body: { __type: 'ValidationException', message } };
  }
  const Entries: EntryAnswer[] = [];
  for (const entry of parsed.data.Entries) Entries.push(await putEntry(entry, accept));
  const FailedEntryCount = Entries.filter((answer) => 'ErrorCode' in answer).length;
  return { status: 200, body: { FailedEntryCount, Entries } };
};

const putEntry = async (entry: Entry, accept: Accept): Promise<EntryAnswer> => {
  const id = randomUUID();
  const read = readEntry(entry, id);
  if ('ErrorCode' in read) return read;
  try {
    await accept(read);
    return { EventId: id };
  } catch (error) {
    return refuse('InternalFailure', messageOf(error));
  }
};

/** An entry as the event that EventBridge makes of it; account and region are stand-ins for this machine. */
const readEntry = ({ Source, DetailType, Detail }: Entry, id: string): Delivery | ReturnType<typeof refuse> => {
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
  const event = { id, 'detail-type': DetailType, source: Source, account: '000000000000', region: 'local', detail };
  const [item] = unwrap(event, inflate);
  if (item?.kind === 'delivery') return item.delivery;
  return refuse('NotCloudTrail', item?.kind === 'unreadable' ? item.error.message : 'there is no record in it');
};

const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
