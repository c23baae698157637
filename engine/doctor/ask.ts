import type * as z from 'zod/mini';
import { messageOf } from '../errors.ts';
import { oneLine } from '../template.ts';
import type { Looked } from './snapshot.ts';

/** All that is asked of an account, each named like the permission it needs: none changes anything. */
export const doctorReads = [
  'cloudtrail:DescribeTrails',
  'cloudtrail:GetEventSelectors',
  'cloudtrail:GetTrailStatus',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'events:ListEventBuses',
  'events:ListRules',
  'events:ListTargetsByRule',
  'lambda:GetFunctionConcurrency',
  'lambda:GetFunctionConfiguration',
  'sns:ListSubscriptionsByTopic',
  'sqs:GetQueueAttributes',
  'sqs:ListQueues',
] as const;
export type DoctorRead = (typeof doctorReads)[number];

/** Asks AWS in a region, and gives or throws what the SDK does. */
export type Ask = (read: DoctorRead, region: string, parameters: object) => Promise<unknown>;

/** Asks in one region and parses the answer. */
export type AskHere = <Schema extends z.ZodMiniType>(
  read: DoctorRead,
  parameters: object,
  schema: Schema,
) => Promise<z.infer<Schema>>;

export const askIn =
  (ask: Ask, region: string): AskHere =>
  async (read, parameters, schema) => {
    const answer = schema.safeParse(await ask(read, region, parameters));
    if (answer.success) return answer.data;
    const [issue] = answer.error.issues;
    throw new TypeError(`${read} answered otherwise than expected: ${issue?.path.join('.')}: ${issue?.message}`);
  };

/** What a look finds, or why it could not be had. */
export const looked = async <Seen>(look: () => Promise<Seen>): Promise<Looked<Seen>> => {
  try {
    return { seen: await look() };
  } catch (error) {
    const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
    return { failed: oneLine(`${name}${messageOf(error)}`, 300) };
  }
};

const absences = new Set(['NotFound', 'NotFoundException', 'ResourceNotFoundException']);

/** What an answer says, or `undefined` where AWS says that the thing asked about does not exist. */
export const unlessAbsent = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && absences.has(error.name)) return undefined;
    throw error;
  }
};
