import { call, s3Call } from '../cloudtrail/calls.ts';
import {
  ACCOUNT,
  detectorId,
  EXPORTS_BUCKET,
  FOREIGN_ACCOUNT,
  keyArn,
  longTermKey,
  type Region,
  snapshotId,
  userArn,
  userId,
} from '../cloudtrail/company.ts';
import type { Call } from '../cloudtrail/record.ts';
import { answerTime } from '../cloudtrail/time.ts';

const DAY = 86_400;

export const createAccessKey = (userName: string): Call =>
  call(
    'iam',
    'CreateAccessKey',
    { userName },
    {
      responseElements: ({ at }) => ({
        accessKey: { userName, accessKeyId: longTermKey(userName), status: 'Active', createDate: answerTime(at) },
      }),
    },
  );

export const allowEverything = (userName: string, policyName: string): Call =>
  call('iam', 'PutUserPolicy', {
    userName,
    policyName,
    policyDocument: JSON.stringify(
      { Version: '2012-10-17', Statement: [{ Sid: 'VisualEditor0', Effect: 'Allow', Action: '*', Resource: '*' }] },
      null,
      4,
    ),
  });

export const createUser = (userName: string): Call =>
  call(
    'iam',
    'CreateUser',
    { userName },
    {
      responseElements: ({ at }) => ({
        user: { path: '/', userName, userId: userId(userName), arn: userArn(userName), createDate: answerTime(at) },
      }),
    },
  );

export const makeAdministrator = (userName: string): Call =>
  call('iam', 'AttachUserPolicy', { userName, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });

export const createLoginProfile = (userName: string): Call =>
  call(
    'iam',
    'CreateLoginProfile',
    { userName, passwordResetRequired: false },
    {
      responseElements: ({ at }) => ({
        loginProfile: { userName, createDate: answerTime(at), passwordResetRequired: false },
      }),
    },
  );

export const stopLogging = (name: string): Call => call('cloudtrail', 'StopLogging', { name });

/** A service control policy protects the second trail, which is why this incident has records to its end. */
export const deniedDeleteTrail = (callerArn: string, trailArn: string): Call =>
  call('cloudtrail', 'DeleteTrail', null, {
    errorCode: 'AccessDenied',
    errorMessage: `User: ${callerArn} is not authorized to perform: cloudtrail:DeleteTrail on resource: ${trailArn} with an explicit deny in a service control policy`,
  });

export const deleteDetector = (region: Region): Call =>
  call('guardduty', 'DeleteDetector', { detectorId: detectorId(region) }, { region });

export const switchOffDetector = (region: Region): Call =>
  call('guardduty', 'UpdateDetector', { detectorId: detectorId(region), enable: false }, { region });

export const disableRule = (name: string): Call => call('events', 'DisableRule', { name });

/** A function without concurrency never runs. */
export const starveFunction = (functionName: string): Call =>
  call(
    'lambda',
    'PutFunctionConcurrency20171031',
    { functionName, reservedConcurrentExecutions: 0 },
    { responseElements: { reservedConcurrentExecutions: 0 } },
  );

export const dropPublicAccessBlock: Call = s3Call('PutBucketPublicAccessBlock', EXPORTS_BUCKET, 'publicAccessBlock', {
  PublicAccessBlockConfiguration: {
    xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  },
});

export const openBucket: Call = s3Call('PutBucketPolicy', EXPORTS_BUCKET, 'policy', {
  bucketPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PublicRead',
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::${EXPORTS_BUCKET}`, `arn:aws:s3:::${EXPORTS_BUCKET}/*`],
      },
    ],
  },
});

export const shareSnapshot = (name: string): Call =>
  call(
    'ec2',
    'ModifySnapshotAttribute',
    {
      snapshotId: snapshotId(name),
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ userId: FOREIGN_ACCOUNT }] } },
    },
    { responseElements: ({ requestID }) => ({ requestId: requestID, _return: true }) },
  );

export const scheduleKeyDeletion = (name: string): Call => {
  const arn = keyArn(name);
  return call(
    'kms',
    'ScheduleKeyDeletion',
    { keyId: arn.slice(arn.lastIndexOf('/') + 1), pendingWindowInDays: 7 },
    {
      responseElements: ({ at }) => ({
        keyId: arn,
        keyState: 'PendingDeletion',
        deletionDate: answerTime(at + 7 * DAY),
        pendingWindowInDays: 7,
      }),
      also: { resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: arn }] },
    },
  );
};

export const trustForeignAccount = (roleName: string): Call =>
  call('iam', 'UpdateAssumeRolePolicy', {
    roleName,
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${FOREIGN_ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
      ],
    }),
  });
