import type { DestinationName } from '../../engine/destination.ts';
import { DestinationError } from '../../engine/errors.ts';
import type { Destination } from './destination.ts';

export type DestinationConfig = {
  readonly TRAILWIRE_TOPIC_ARN?: string | undefined;
  readonly TRAILWIRE_SLACK_WEBHOOK_PARAMETER?: string | undefined;
};

const required = (name: keyof DestinationConfig, config: DestinationConfig): string => {
  const value = config[name];
  if (value) return value;
  throw new DestinationError('DESTINATION_NOT_CONFIGURED', `${name} is not set`);
};

/** Every destination an alert can go to; a function has one, and loads no other. */
export const destinations = {
  sns: async (config) => {
    const { createSnsDestination } = await import('./sns.ts');
    return createSnsDestination(required('TRAILWIRE_TOPIC_ARN', config));
  },
  slack: async (config) => {
    const [{ createSlackDestination }, { createSecretReader }] = await Promise.all([
      import('./slack.ts'),
      import('./secret.ts'),
    ]);
    return createSlackDestination(createSecretReader(required('TRAILWIRE_SLACK_WEBHOOK_PARAMETER', config)));
  },
} as const satisfies Record<DestinationName, (config: DestinationConfig) => Promise<Destination>>;
