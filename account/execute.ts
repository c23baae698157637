import type { AwsCall, AwsRead } from '../engine/aws-call.ts';
import type { AccountPorts } from '../engine/carry-out.ts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { State } from '../engine/state.ts';
import type { ClientSettings, Connect, Observe, Service } from './execute/service.ts';

type PrefixOf<Action> = Action extends `${infer Name}:${string}` ? Name : never;
type ServiceName = PrefixOf<(AwsCall | AwsRead)['action']>;

/** One file for each service, loaded with the first call of it: they are the only ones that reach the account. */
const services: { readonly [Name in ServiceName]: (connect: Connect) => Promise<Service<Name>> } = {
  cloudtrail: async (connect) => (await import('./execute/cloudtrail.ts')).connectCloudtrail(connect),
  config: async (connect) => (await import('./execute/config.ts')).connectConfig(connect),
  ec2: async (connect) => (await import('./execute/ec2.ts')).connectEc2(connect),
  guardduty: async (connect) => (await import('./execute/guardduty.ts')).connectGuardduty(connect),
  iam: async (connect) => (await import('./execute/iam.ts')).connectIam(connect),
  kms: async (connect) => (await import('./execute/kms.ts')).connectKms(connect),
  lambda: async (connect) => (await import('./execute/lambda.ts')).connectLambda(connect),
  rds: async (connect) => (await import('./execute/rds.ts')).connectRds(connect),
  s3: async (connect) => (await import('./execute/s3.ts')).connectS3(connect),
  securityhub: async (connect) => (await import('./execute/securityhub.ts')).connectSecurityhub(connect),
  tag: async (connect) => (await import('./execute/tag.ts')).connectTag(connect),
};

type AnyService = {
  readonly calls: Readonly<Record<string, (parameters: object) => Promise<unknown>>>;
  readonly reads: Readonly<Record<string, (parameters: object) => Promise<State>>>;
  readonly absent: readonly string[];
};

/** Carries out calls and reads of plans. Throws RemediationError with AWS's own words; what does not exist reads as `{}`. */
export const createExecutor = (settings: ClientSettings = {}, observe: Observe = (client) => client): AccountPorts => {
  const connect: Connect = (ClientOf) => observe(new ClientOf(settings));
  const connected = new Map<string, Promise<AnyService>>();
  const serviceOf = (action: string): Promise<AnyService> => {
    const name = action.slice(0, action.indexOf(':')) as ServiceName;
    // The types of a call and of its parameters belong together; what is looked up by a name has lost that.
    const service = connected.get(name) ?? (services[name](connect) as unknown as Promise<AnyService>);
    connected.set(name, service);
    return service;
  };
  const handlerOf = <Handler>(handlers: Readonly<Record<string, Handler>>, action: string): Handler => {
    const handler = handlers[action];
    if (handler === undefined) throw new TypeError(`${action} is not among the calls of its service`);
    return handler;
  };
  const failed = (action: string, error: unknown): RemediationError =>
    new RemediationError('REMEDIATION_CALL_FAILED', `${action}: ${messageOf(error)}`, { cause: error });

  return {
    execute: async ({ action, parameters }: AwsCall) => {
      const { calls } = await serviceOf(action);
      try {
        await handlerOf(calls, action)(parameters);
      } catch (error) {
        throw failed(action, error);
      }
    },
    read: async ({ action, parameters }: AwsRead) => {
      const { reads, absent } = await serviceOf(action);
      try {
        return await handlerOf(reads, action)(parameters);
      } catch (error) {
        if (error instanceof Error && absent.includes(error.name)) return {};
        throw failed(action, error);
      }
    },
  };
};
