import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { commandUidSchema } from '../engine/stored-response.ts';
import type { UndoPorts } from '../engine/undo.ts';
import type { Bus } from './bus.ts';
import { externalIdSchema, readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { connectMembers } from './member-accounts.ts';

export type UndoParts = {
  /** Called with the first wish that can be read: it loads the SDK. */
  readonly connect: () => Promise<{ readonly ports: UndoPorts; readonly bus: Pick<Bus, 'publishActivities'> }>;
  readonly telemetry: Telemetry;
};

/** What the person who asked gets to read. */
export type UndoResult = {
  readonly id: string;
  readonly outcome: string;
  readonly message: string;
  readonly detail?: string;
};

/** `{"undo": "<command_uid of the activity>"}`. */
const undoRequestSchema = z.strictObject({ undo: commandUidSchema, force: z.optional(z.boolean()) });

/** A person's wish to take a response back in; what became of it as an activity on the bus, and as the answer. */
export const createUndo = ({ connect, telemetry }: UndoParts) => {
  let connected: ReturnType<typeof connect> | undefined;

  return async (event: unknown, account: string): Promise<UndoResult> => {
    const request = undoRequestSchema.parse(event);
    connected ??= connect();
    const { ports, bus } = await connected;
    const { undo } = await import('../engine/undo.ts');
    const activity = await undo(request, account, ports);
    const { command_uid: id, message, status_detail: detail, unmapped } = activity;
    const { outcome } = unmapped.trailwire;
    telemetry.logger.info(message, { command: id });
    if (outcome === 'undone') telemetry.count('ResponsesVerified');
    if (outcome === 'failed') telemetry.count('ResponsesFailed');
    if (outcome === 'refused') telemetry.count('ResponsesRefused');
    await bus.publishActivities([activity]);
    return { id, outcome, message, ...(detail === undefined ? {} : { detail }) };
  };
};

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const undoConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_MEMBER_EXTERNAL_ID: externalIdSchema,
});

const connectUndo = async (config: z.infer<typeof undoConfig>) => {
  const [{ connect }, { createExecutor }, { createResponseStore }] = await Promise.all([
    import('./connections.ts'),
    import('../account/execute.ts'),
    import('../account/response-store.ts'),
  ]);
  const { documents, bus } = connect(config);
  const responses = createResponseStore(documents, config.TRAILWIRE_TABLE, Date.now);
  const enterAccount = await connectMembers('undo', config.TRAILWIRE_MEMBER_EXTERNAL_ID);
  return { ports: { now: Date.now, account: createExecutor(), enterAccount, responses }, bus };
};

const telemetry = createTelemetry('undo');

/** Lambda entry, which no event reaches: only who may invoke the function. The account it acts in is read from its ARN. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('undo', undoConfig);
  const undo = createUndo({ connect: () => connectUndo(config), telemetry });
  return (event: unknown, context: Context) => undo(event, context.invokedFunctionArn.split(':')[4] ?? '');
});
