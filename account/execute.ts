import type { AwsCall, AwsRead } from '../engine/aws-call.ts';
import type { AccountPorts } from '../engine/carry-out.ts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { State } from '../engine/state.ts';
import type { Observe, Service } from './execute/service.ts';

type PrefixOf<Action> = Action extends `${infer Name}:${string}` ? Name : never;
type ServiceName = PrefixOf<AwsCall['action']>;

/** One file for each service, loaded with the first call of it: they are the only ones that reach the account. */
const services: { readonly [Name in ServiceName]: (observe: Observe) => Promise<Service<Name>> } = {
  cloudtrail: async (observe) => (await import('./execute/cloudtrail.ts')).connectCloudtrail(observe),
  config: async (observe) => (await import('./execute/config.ts')).connectConfig(observe),
  ec2: async (observe) => (await import('./execute/ec2.ts')).connectEc2(observe),
  guardduty: async (observe) => (await import('./execute/guardduty.ts')).connectGuardduty(observe),
  iam: async (observe) => (await import('./execute/iam.ts')).connectIam(observe),
  kms: async (observe) => (await import('./execute/kms.ts')).connectKms(observe),
  lambda: async (observe) => (await import('./execute/lambda.ts')).connectLambda(observe),
  rds: async (observe) => (await import('./execute/rds.ts')).connectRds(observe),
  s3: async (observe) => (await import('./execute/s3.ts')).connectS3(observe),
  securityhub: async (observe) => (await import('./execute/securityhub.ts')).connectSecurityhub(observe),
};

type AnyService = {
  readonly calls: Readonly<Record<string, (parameters: object) => Promise<unknown>>>;
  readonly reads: Readonly<Record<string, (parameters: object) => Promise<State>>>;
  readonly absent: readonly string[];
};

/** Carries out calls and reads of plans. Throws RemediationError with AWS's own words; what does not exist reads as `{}`. */
export const createExecutor = (observe: Observe = (client) => client): AccountPorts => {
  const connected = new Map<string, Promise<AnyService>>();
  const serviceOf = (action: string): Promise<AnyService> => {
    const name = action.slice(0, action.indexOf(':')) as ServiceName;
    // The types of a call and of its parameters belong together; what is looked up by a name has lost that.
    const service = connected.get(name) ?? (services[name](observe) as unknown as Promise<AnyService>);
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
