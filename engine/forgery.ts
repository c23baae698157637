import type { Delivery } from './delivery.ts';
import { EventError } from './errors.ts';
import { accountOf } from './record.ts';

/**
 * Throws EventError where an event of EventBridge is not what it says it is. Customers cannot put events with an `aws.` source:
 * anything else with a detail-type of CloudTrail was made up. And CloudTrail delivers an account's records to that account:
 * one that arrives in the name of another was made up in the account that sent it, which may be a member that is taken over.
 */
export const refuseForged = ({ record, event }: Delivery): void => {
  if (event === undefined) return;
  const { source, account: sender } = event;
  if (!source.startsWith('aws.')) {
    throw new EventError('EVENT_FORGED', `an event with source ${JSON.stringify(source)} claims to be from CloudTrail`);
  }
  const recipient = accountOf(record);
  if (sender !== undefined && recipient !== undefined && sender !== recipient) {
    throw new EventError(
      'EVENT_FORGED',
      `an event of account ${JSON.stringify(sender)} carries a record of account ${JSON.stringify(recipient)}`,
    );
  }
};
