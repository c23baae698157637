import type { Observe } from '../../account/execute/service.ts';
import type { Refusals } from './aws-case.ts';

export type Fault = 'throttled' | 'answer lost' | 'denied' | 'killed';

/** The permission that a command needs is named like the command, but for these. */
const otherNames: Readonly<Record<string, string>> = {
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

/** How IAM calls the services of the SDK, where that is not the same. */
const prefixes: Readonly<Record<string, string>> = { 'Config Service': 'config' };

const isRead = (action: string): boolean => /:(?:Get|List|Describe|Lookup)/.test(action);

type Handler = (args: object) => Promise<unknown>;
type Stack = {
  readonly add: (
    middleware: (next: Handler, context: { readonly commandName: string }) => Handler,
    options: { readonly step: 'initialize'; readonly name: string; readonly override: true },
  ) => void;
};

/** Notes every call that clients make by the permission it needs, and lets one write go wrong in one way. */
export const watchCalls = () => {
  const calls: string[] = [];
  let fault: { readonly at: number; readonly kind: Fault } | undefined;
  let struck: () => void = () => undefined;
  let writes = 0;
  let allowsWrites = true;
  const recorded = new Map<string, unknown>();
  let refusals: Refusals = {};

  const observe: Observe = (client) => {
    const { middlewareStack, config } = client as unknown as {
      readonly middlewareStack: Stack;
      readonly config: { readonly serviceId: string };
    };
    const service = prefixes[config.serviceId] ?? config.serviceId.toLowerCase();
    // Outside of the SDK's own retries: what goes wrong here went wrong as often as the SDK tries.
    middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const { input } = args as { readonly input: unknown };
          const command = commandName.replace(/Command$/, '');
          const action = otherNames[`${service}:${command}`] ?? `${service}:${command}`;
          calls.push(action);
          if (recorded.has(action)) return { output: recorded.get(action) };
          if (isRead(action)) return next(args);
          if (!allowsWrites) throw new TypeError(`${action} would change the account`);
          const isDue = fault?.at === writes;
          writes += 1;
          const refusal = isDue ? undefined : await refusals[action]?.(input);
          if (refusal !== undefined) throw new Error(refusal);
          if (!isDue) return next(args);
          if (fault?.kind === 'throttled') throw new Error('Throttling: Rate exceeded');
          if (fault?.kind === 'denied') throw new Error('AccessDenied: not authorized');
          const answer = await next(args);
          struck();
          if (fault?.kind === 'answer lost') throw new Error('socket hang up');
          return fault?.kind === 'killed' ? new Promise(() => undefined) : answer;
        },
      { step: 'initialize', name: 'watchCalls', override: true },
    );
    return client;
  };
  return {
    observe,
    /** The calls since the last time. */
    taken: (): readonly string[] => calls.splice(0),
    writesOf: (actions: readonly string[]): readonly string[] => actions.filter((action) => !isRead(action)),
    /** From now on the write with this number, counted from 0, goes wrong, or none does. */
    breakWrite: (next: typeof fault): void => {
      fault = next;
      writes = 0;
    },
    /** Resolves when a write that goes wrong after it took effect has taken it. */
    whenStruck: (): Promise<void> =>
      new Promise((resolve) => {
        struck = resolve;
      }),
    /** From now on these actions get these answers, and nothing is sent for them. */
    answerWith: (answers: Readonly<Record<string, unknown>>): void => {
      recorded.clear();
      for (const [action, answer] of Object.entries(answers)) recorded.set(action, answer);
    },
    /** From now on these actions are asked first whether AWS would refuse them. */
    refuseWhere: (next: Refusals): void => {
      refusals = next;
    },
    forbidWrites: (forbidden: boolean): void => {
      allowsWrites = !forbidden;
    },
  };
};
