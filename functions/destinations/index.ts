import { SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DestinationName } from '../../engine/destination.ts';
import { DestinationError } from '../../engine/errors.ts';
import type { Destination } from './destination.ts';
import { createSlackDestination } from './slack.ts';
import { createSnsDestination } from './sns.ts';

export type DestinationConfig = {
  readonly TRAILWIRE_TOPIC_ARN?: string | undefined;
  readonly TRAILWIRE_SLACK_WEBHOOK_PARAMETER?: string | undefined;
};

const required = (name: keyof DestinationConfig, config: DestinationConfig): string => {
  const value = config[name];
  if (value) return value;
  throw new DestinationError('DESTINATION_NOT_CONFIGURED', `${name} is not set`);
};

/** Every destination an alert can go to. */
export const destinations = {
  sns: (config) => createSnsDestination(new SNSClient(), required('TRAILWIRE_TOPIC_ARN', config)),
  slack: (config) => createSlackDestination(createSecretReader(required('TRAILWIRE_SLACK_WEBHOOK_PARAMETER', config))),
} as const satisfies Record<DestinationName, (config: DestinationConfig) => Destination>;

/** Reads a SecureString once per environment; a rotated one is picked up within five minutes. */
const createSecretReader = (Name: string): (() => Promise<string>) => {
  const ssm = new SSMClient();
  const keepMs = 300_000;
  let kept: { readonly value: string; readonly until: number } | undefined;
  return async () => {
    if (kept !== undefined && Date.now() < kept.until) return kept.value;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    if (!Parameter?.Value) throw new DestinationError('DESTINATION_NOT_CONFIGURED', `parameter ${Name} is empty`);
    kept = { value: Parameter.Value, until: Date.now() + keepMs };
    return kept.value;
  };
};
