import {
  CloudTrailClient,
  type Event,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { readText } from '../../engine/field.ts';
import { type State, stateSchema } from '../../engine/state.ts';
import type { Connect, Service } from './service.ts';

/** CloudTrail answers two look-ups a second; what a key did lately comes first. */
const maxPages = 4;

export const connectCloudtrail = (connect: Connect): Service<'cloudtrail'> => {
  const cloudTrail = connect(CloudTrailClient);
  return {
    calls: {
      'cloudtrail:StartLogging': (parameters) => cloudTrail.send(new StartLoggingCommand(parameters)),
      'cloudtrail:StopLogging': (parameters) => cloudTrail.send(new StopLoggingCommand(parameters)),
      'cloudtrail:PutEventSelectors': (parameters) => cloudTrail.send(new PutEventSelectorsCommand(parameters)),
    },
    reads: {
      'cloudtrail:GetTrailStatus': async (parameters) => {
        const { IsLogging } = await cloudTrail.send(new GetTrailStatusCommand(parameters));
        return { logging: IsLogging === true };
      },
      'cloudtrail:GetEventSelectors': async (parameters) => {
        const { EventSelectors = [], AdvancedEventSelectors = [] } = await cloudTrail.send(
          new GetEventSelectorsCommand(parameters),
        );
        if (AdvancedEventSelectors.length > 0) return plain({ AdvancedEventSelectors });
        const complete = EventSelectors.map((selector) => ({
          ...selector,
          DataResources: selector.DataResources ?? [],
          ExcludeManagementEventSources: selector.ExcludeManagementEventSources ?? [],
        }));
        return plain({ EventSelectors: complete });
      },
      'cloudtrail:LookupEvents': async ({ AccessKeyId }) => {
        const LookupAttributes = [{ AttributeKey: 'AccessKeyId' as const, AttributeValue: AccessKeyId }];
        const sessions = new Map<string, Set<string>>();
        let NextToken: string | undefined;
        for (let page = 0; page < maxPages && (page === 0 || NextToken !== undefined); page++) {
          const answer = await cloudTrail.send(new LookupEventsCommand({ LookupAttributes, NextToken }));
          for (const event of answer.Events ?? []) noteSession(event, sessions);
          NextToken = answer.NextToken;
        }
        return Object.fromEntries([...sessions].map(([role, ids]) => [role, [...ids].toSorted()]));
      },
    },
    absent: ['TrailNotFoundException'],
  };
};

const noteSession = ({ EventName, CloudTrailEvent }: Event, sessions: Map<string, Set<string>>): void => {
  if (EventName !== 'AssumeRole' || CloudTrailEvent === undefined) return;
  const record: unknown = JSON.parse(CloudTrailEvent);
  const role = readText(record, 'requestParameters.roleArn');
  const id = readText(record, 'responseElements.assumedRoleUser.assumedRoleId');
  if (role === undefined || id === undefined) return;
  sessions.set(role, (sessions.get(role) ?? new Set()).add(id));
};

/** Without the members that the SDK sets to `undefined`. */
const plain = (answer: object): State => stateSchema.parse(JSON.parse(JSON.stringify(answer)));
