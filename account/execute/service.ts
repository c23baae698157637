import type { AwsCall, AwsRead } from '../../engine/aws-call.ts';
import type { State } from '../../engine/state.ts';

type CallsOf<Prefix extends string> = Extract<AwsCall, { action: `${Prefix}:${string}` }>;
type ReadsOf<Prefix extends string> = Extract<AwsRead, { action: `${Prefix}:${string}` }>;

/** How one service makes each call and answers each read of the closed list: none is missing, and there is no other. */
export type Service<Prefix extends string> = {
  readonly calls: {
    readonly [Action in CallsOf<Prefix>['action']]: (
      parameters: Extract<AwsCall, { action: Action }>['parameters'],
    ) => Promise<unknown>;
  };
  readonly reads: {
    readonly [Action in ReadsOf<Prefix>['action']]: (
      parameters: Extract<AwsRead, { action: Action }>['parameters'],
    ) => Promise<State>;
  };
  /** Names of the errors that say that something does not exist. */
  readonly absent: readonly string[];
};

/** Where the clients of the SDK act and with whose credentials; what is left out comes from the environment. */
export type ClientSettings = {
  readonly region?: string;
  readonly credentials?: () => Promise<Credentials>;
};

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** What all clients of the SDK have; tests look at their requests through it. */
export type Client = { readonly middlewareStack: object };
export type Connect = <C extends Client>(ClientOf: new (settings: ClientSettings) => C) => C;
export type Observe = <C extends Client>(client: C) => C;

/** The tags of something as a state: `{"tag stage": "live"}`. */
export const tagsOf = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): State => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`tag ${Key}`, Value]));

/** A state that says of each name that it is there. */
export const presenceOf = (names: readonly (string | undefined)[]): State =>
  Object.fromEntries(names.filter((name) => name !== undefined).map((name) => [name, true]));
