import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SignalStore } from '../engine/signal-store.ts';
import type { WindowStore } from '../engine/window-store.ts';
import { type Bus, createBus } from './bus.ts';
import { createDynamoSignalStore } from './signal-store.ts';
import { createDynamoWindowStore } from './window-store.ts';

export type Connections = {
  readonly documents: DynamoDBDocumentClient;
  readonly store: WindowStore;
  readonly signals: SignalStore;
  readonly bus: Bus;
};

/**
 * The table and the bus. Functions import this file when they have something to keep or to tell: it loads the SDK, whose
 * clients read region, credentials and `AWS_ENDPOINT_URL` from the environment by themselves.
 */
export const connect = (config: { readonly TRAILWIRE_TABLE: string; readonly TRAILWIRE_BUS: string }): Connections => {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
  return {
    documents,
    store: createDynamoWindowStore(documents, config.TRAILWIRE_TABLE),
    signals: createDynamoSignalStore(documents, config.TRAILWIRE_TABLE),
    bus: createBus(new EventBridgeClient(), config.TRAILWIRE_BUS),
  };
};
