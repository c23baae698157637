import { describe, expect, test } from 'vitest';
import { kindOfEvent } from '../../../engine/doctor/event-kind.ts';

const read = { of: 'management', readOnly: true };
const write = { of: 'management', readOnly: false };

describe('the kind of an event', () => {
  test.each([
    ['iam.amazonaws.com', 'CreateUser', write],
    ['iam.amazonaws.com', 'GetAccountAuthorizationDetails', read],
    ['iam.amazonaws.com', 'List', read],
    ['sts.amazonaws.com', 'AssumeRole', read],
    ['sts.amazonaws.com', 'AssumeRoleWithSAML', read],
    ['sts.amazonaws.com', 'AssumeRoot', write],
    ['sts.amazonaws.com', 'GetSessionToken', write],
    ['signin.amazonaws.com', 'GetSigninToken', write],
    ['secretsmanager.amazonaws.com', 'BatchGetSecretValue', read],
    ['kms.amazonaws.com', 'Decrypt', read],
    ['kms.amazonaws.com', 'DisableKey', write],
    ['bedrock.amazonaws.com', 'InvokeModel', read],
    ['s3.amazonaws.com', 'GetBucketPolicy', read],
    ['s3.amazonaws.com', 'PutBucketObjectLockConfiguration', write],
    ['lambda.amazonaws.com', 'AddPermission', write],
  ])('%s %s is told by its name, or by what is known against it', (source, name, kind) => {
    expect(kindOfEvent(source, name)).toEqual(kind);
  });

  test.each([
    ['s3.amazonaws.com', 'GetObject', 'AWS::S3::Object'],
    ['s3.amazonaws.com', 'PutObjectAcl', 'AWS::S3::Object'],
    ['s3.amazonaws.com', 'CompleteMultipartUpload', 'AWS::S3::Object'],
    ['lambda.amazonaws.com', 'Invoke', 'AWS::Lambda::Function'],
    ['dynamodb.amazonaws.com', 'BatchWriteItem', 'AWS::DynamoDB::Table'],
  ])('%s %s is a data event', (source, name, type) => {
    expect(kindOfEvent(source, name)).toEqual({ of: 'data', type });
  });
});
