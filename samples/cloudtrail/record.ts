import { ACCOUNT, type Region } from './company.ts';
import { createRandom, type Random } from './random.ts';
import { isoTime } from './time.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Who made a call and from where. `channel` decides what CloudTrail notes of the connection. */
export interface Actor {
  readonly identity: Fields;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly channel: 'sdk' | 'console' | 'service';
  readonly vpcEndpointId?: string;
}

/** What was called and what came of it. */
export interface Call {
  readonly service: string;
  readonly eventName: string;
  readonly region?: Region;
  readonly readOnly?: boolean;
  readonly requestParameters?: Fields | null;
  /** EC2 repeats the request id inside its answer and IAM the time: hence a function. */
  readonly responseElements?: Fields | ((moment: { readonly at: number; readonly requestID: string }) => Fields);
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly host?: string;
  /** Further top-level fields, or fields in place of the usual ones. */
  readonly also?: Fields;
}

export interface Scene {
  /** Seconds after midnight UTC. */
  readonly at: number;
  readonly who: Actor;
  readonly does: Call;
  readonly deliveredTwice?: true;
}

export interface SampleRecord extends Fields {
  readonly eventTime: string;
  readonly eventName: string;
  readonly eventID: string;
  readonly awsRegion: string;
}

/** A record and the moment it was made; `deliveredTwice` as in its scene. */
export interface Take {
  readonly at: number;
  readonly record: SampleRecord;
  readonly deliveredTwice: boolean;
}

// Each service moves to a new record version in its own time.
const EVENT_VERSIONS: Readonly<Record<string, string>> = { ec2: '1.10', s3: '1.11', iam: '1.11', signin: '1.09' };
const GLOBAL_SERVICES = ['iam', 'cloudfront', 'organizations', 'route53'];
const READ_NAME = /^(Get|List|Describe|Head|Lookup|Decrypt|GenerateDataKey|AssumeRole|BatchGet|Simulate)/;
const S3_REQUEST_ID = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';

/** The records of a run of scenes; their ids come from the name, so that one part can change without the others. */
export const recordScenes = (name: string, scenes: readonly Scene[]): Take[] => {
  const random = createRandom(name);
  return scenes.map((scene) => ({
    at: scene.at,
    record: recordOf(scene, random),
    deliveredTwice: scene.deliveredTwice ?? false,
  }));
};

const recordOf = ({ at, who, does }: Scene, random: Random): SampleRecord => {
  const { service, eventName, requestParameters = null, responseElements = null } = does;
  const region = GLOBAL_SERVICES.includes(service) ? 'us-east-1' : (does.region ?? 'eu-west-1');
  const requestID = service === 's3' ? random.text(16, S3_REQUEST_ID) : random.guid();
  return {
    eventVersion: EVENT_VERSIONS[service] ?? '1.08',
    userIdentity: who.identity,
    eventTime: isoTime(at),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: region,
    sourceIPAddress: who.sourceIPAddress,
    // S3 prints the agent of the request's header in brackets.
    userAgent: service === 's3' && who.channel !== 'service' ? `[${who.userAgent}]` : who.userAgent,
    ...(does.errorCode === undefined ? {} : { errorCode: does.errorCode, errorMessage: does.errorMessage ?? '' }),
    requestParameters,
    responseElements: typeof responseElements === 'function' ? responseElements({ at, requestID }) : responseElements,
    ...(service === 'signin' ? {} : { requestID }),
    eventID: random.guid(),
    readOnly: does.readOnly ?? READ_NAME.test(eventName),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    // A call by a service principal is also put into the service's own account, under the same shared id.
    ...(who.identity.type === 'AWSService' ? { sharedEventID: random.guid() } : {}),
    ...(who.vpcEndpointId === undefined ? {} : { vpcEndpointId: who.vpcEndpointId, vpcEndpointAccountId: ACCOUNT }),
    eventCategory: 'Management',
    ...connectionOf(who, does.host ?? hostOf(service, region)),
    ...does.also,
  };
};

const connectionOf = (who: Actor, clientProvidedHostHeader: string): Fields => {
  if (who.channel === 'service') return {};
  if (who.channel === 'console') return { sessionCredentialFromConsole: 'true' };
  return { tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader } };
};

const hostOf = (service: string, region: Region): string =>
  GLOBAL_SERVICES.includes(service) ? `${service}.amazonaws.com` : `${service}.${region}.amazonaws.com`;
