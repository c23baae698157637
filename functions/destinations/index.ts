import type { DestinationName } from '../../engine/destination.ts';
import { DestinationError } from '../../engine/errors.ts';
import type { Destination } from './destination.ts';

export type DestinationConfig = {
  readonly TRAILWIRE_TOPIC_ARN?: string | undefined;
  readonly TRAILWIRE_SLACK_WEBHOOK_PARAMETER?: string | undefined;
  readonly TRAILWIRE_SLACK_BUTTONS?: boolean | undefined;
  readonly TRAILWIRE_APPROVAL_URL?: string | undefined;
  readonly TRAILWIRE_APPROVAL_LINK_PARAMETER?: string | undefined;
};

const required = (
  name: 'TRAILWIRE_TOPIC_ARN' | 'TRAILWIRE_SLACK_WEBHOOK_PARAMETER',
  config: DestinationConfig,
): string => {
  const value = config[name];
  if (value) return value;
  throw new DestinationError('DESTINATION_NOT_CONFIGURED', `${name} is not set`);
};

/** Every destination an alert can go to; a function has one, and loads no other. */
export const destinations = {
  sns: async (config) => {
    const { createSnsDestination } = await import('./sns.ts');
    const topic = required('TRAILWIRE_TOPIC_ARN', config);
    const { TRAILWIRE_APPROVAL_URL: url, TRAILWIRE_APPROVAL_LINK_PARAMETER: parameter } = config;
    if (!url || !parameter) return createSnsDestination(topic);
    const [{ createSecretReader }, { createLinkSigner }] = await Promise.all([
      import('../secret.ts'),
      import('../approval-link.ts'),
    ]);
    return createSnsDestination(topic, createLinkSigner(url, createSecretReader(parameter)));
  },
  slack: async (config) => {
    const [{ createSlackDestination }, { createSecretReader }] = await Promise.all([
      import('./slack.ts'),
      import('../secret.ts'),
    ]);
    const readWebhook = createSecretReader(required('TRAILWIRE_SLACK_WEBHOOK_PARAMETER', config));
    return createSlackDestination(readWebhook, config.TRAILWIRE_SLACK_BUTTONS === true);
  },
} as const satisfies Record<DestinationName, (config: DestinationConfig) => Promise<Destination>>;
