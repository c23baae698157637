import type { Alert } from '../../engine/alert.ts';

/** Sends one alert, or throws DestinationError: retryable, or refused for good. */
export type Destination = { readonly send: (alert: Alert) => Promise<void> };
