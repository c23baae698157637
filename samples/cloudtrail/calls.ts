import { ACCOUNT, type Region, roleArn, roleId, temporaryKey } from './company.ts';
import type { Actor, Call } from './record.ts';
import { answerTime } from './time.ts';

type Fields = Readonly<Record<string, unknown>>;
type Rest = Partial<Omit<Call, 'service' | 'eventName' | 'requestParameters'>>;

export const call = (
  service: string,
  eventName: string,
  requestParameters: Fields | null = null,
  rest: Rest = {},
): Call => ({
  service,
  eventName,
  requestParameters,
  ...rest,
});

/** A call about a bucket. S3 repeats the query in the parameters: there the `subresource`, as `acl` or `policy`, if any. */
export const s3Call = (
  eventName: string,
  bucket: string,
  subresource: string | null,
  parameters: Fields = {},
  rest: Rest = {},
): Call => {
  const host = `${bucket}.s3.eu-west-1.amazonaws.com`;
  return call(
    's3',
    eventName,
    { bucketName: bucket, Host: host, ...(subresource === null ? {} : { [subresource]: '' }), ...parameters },
    {
      host,
      ...rest,
      also: {
        additionalEventData: {
          SignatureVersion: 'SigV4',
          CipherSuite: 'TLS_AES_128_GCM_SHA256',
          AuthenticationMethod: 'AuthHeader',
          bytesTransferredIn: 0,
          bytesTransferredOut: rest.errorCode === undefined ? 0 : 243,
        },
        resources: [{ accountId: ACCOUNT, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` }],
        ...rest.also,
      },
    },
  );
};

/** A console sign-in. A failure has no `errorCode`: only the message and the answer tell. */
export const consoleLogin = (result: 'Success' | 'Failure', mfaDevice?: string, region: Region = 'us-east-1'): Call =>
  call('signin', 'ConsoleLogin', null, {
    region,
    readOnly: false,
    host: region === 'us-east-1' ? 'signin.aws.amazon.com' : `${region}.signin.aws.amazon.com`,
    responseElements: { ConsoleLogin: result },
    also: {
      ...(result === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
      eventType: 'AwsConsoleSignIn',
      additionalEventData: {
        LoginTo: `https://console.aws.amazon.com/console/home?region=${region}&state=hashArgs%23&isauthcode=true`,
        MobileVersion: 'No',
        ...(mfaDevice === undefined ? {} : { MFAIdentifier: mfaDevice }),
        MFAUsed: mfaDevice === undefined ? 'No' : 'Yes',
      },
    },
  });

/**
 * Any of the AssumeRole calls; `role` with its path. The session token that STS logs is left out: a text of its shape
 * would alarm every secret scanner.
 */
export const assumeRole = (
  role: string,
  session: string,
  eventName = 'AssumeRole',
  parameters: { readonly durationSeconds?: number; readonly principalArn?: string } = {},
): Call => {
  const name = role.slice(role.lastIndexOf('/') + 1);
  return call(
    'sts',
    eventName,
    { roleArn: roleArn(role), roleSessionName: session, ...parameters },
    {
      responseElements: ({ at }) => ({
        credentials: {
          accessKeyId: temporaryKey(`${name} ${session} ${at}`),
          expiration: answerTime(at + (parameters.durationSeconds ?? 3600)),
        },
        assumedRoleUser: {
          assumedRoleId: `${roleId(name)}:${session}`,
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
        },
      }),
      also: { resources: [{ accountId: ACCOUNT, type: 'AWS::IAM::Role', ARN: roleArn(role) }] },
    },
  );
};

export const kmsCall = (eventName: string, key: string, encryptionContext: Fields, also: Fields = {}): Call =>
  call(
    'kms',
    eventName,
    eventName === 'Decrypt'
      ? { encryptionContext, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
      : { keyId: key, encryptionContext, keySpec: 'AES_256' },
    { also: { resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: key }], ...also } },
  );

/** What AWS answers where nothing allows the action; most services then log no parameters. */
export const denied = (who: Actor, action: string, resource: string, rest: Rest = {}): Call => {
  const [service = '', eventName = ''] = action.split(':');
  return call(service, eventName, null, {
    errorCode: 'AccessDenied',
    errorMessage:
      `User: ${String(who.identity.arn)} is not authorized to perform: ${action} on resource: ${resource} ` +
      `because no identity-based policy allows the ${action} action`,
    ...rest,
  });
};

export const throttled = (normal: Call): Call => ({
  ...normal,
  errorCode: normal.service === 'ec2' ? 'Client.RequestLimitExceeded' : 'ThrottlingException',
  errorMessage: normal.service === 'ec2' ? 'Request limit exceeded.' : 'Rate exceeded',
});
