import { readTexts } from './field.ts';
import { type CloudTrailRecord, isJsonObject } from './record.ts';
import { oneLine } from './template.ts';

export type Resource = { readonly type: string; readonly name: string; readonly isArn: boolean };

/** Request parameters that name what a call acts on. Records list `resources` themselves for few management events. */
const named: readonly (readonly [field: string, type: string])[] = [
  ['requestParameters.userName', 'AWS::IAM::User'],
  ['requestParameters.roleName', 'AWS::IAM::Role'],
  ['requestParameters.groupName', 'AWS::IAM::Group'],
  ['requestParameters.policyArn', 'AWS::IAM::Policy'],
  ['requestParameters.roleArn', 'AWS::IAM::Role'],
  ['responseElements.accessKey.accessKeyId', 'AWS::IAM::AccessKey'],
  ['requestParameters.accessKeyId', 'AWS::IAM::AccessKey'],
  ['requestParameters.bucketName', 'AWS::S3::Bucket'],
  ['requestParameters.trailName', 'AWS::CloudTrail::Trail'],
  ['requestParameters.detectorId', 'AWS::GuardDuty::Detector'],
  ['requestParameters.configurationRecorderName', 'AWS::Config::ConfigurationRecorder'],
  ['requestParameters.keyId', 'AWS::KMS::Key'],
  ['requestParameters.secretId', 'AWS::SecretsManager::Secret'],
  ['requestParameters.groupId', 'AWS::EC2::SecurityGroup'],
  ['requestParameters.instanceId', 'AWS::EC2::Instance'],
  ['requestParameters.instancesSet.items.instanceId', 'AWS::EC2::Instance'],
  ['responseElements.instancesSet.items.instanceId', 'AWS::EC2::Instance'],
  ['requestParameters.snapshotId', 'AWS::EC2::Snapshot'],
  ['requestParameters.imageId', 'AWS::EC2::Image'],
  ['requestParameters.dBSnapshotIdentifier', 'AWS::RDS::DBSnapshot'],
  ['requestParameters.dBInstanceIdentifier', 'AWS::RDS::DBInstance'],
  ['requestParameters.functionName', 'AWS::Lambda::Function'],
  ['requestParameters.topicArn', 'AWS::SNS::Topic'],
  ['requestParameters.tableName', 'AWS::DynamoDB::Table'],
  ['requestParameters.logGroupName', 'AWS::Logs::LogGroup'],
];

const byEventSource: ReadonlyMap<unknown, readonly (readonly [field: string, type: string])[]> = new Map([
  ['cloudtrail.amazonaws.com', [['requestParameters.name', 'AWS::CloudTrail::Trail']]],
  [
    'events.amazonaws.com',
    [
      ['requestParameters.name', 'AWS::Events::Rule'],
      ['requestParameters.rule', 'AWS::Events::Rule'],
    ],
  ],
]);

const maxResources = 20;

/** What a record says it is about: its own `resources`, else what its request parameters name. At most 20. */
export const resourcesOf = (record: CloudTrailRecord): readonly Resource[] => {
  const listed = (Array.isArray(record.resources) ? record.resources : [])
    .filter(isJsonObject)
    .filter((item) => typeof item.ARN === 'string')
    .map((item) => toResource(typeof item.type === 'string' ? item.type : 'AWS::Resource', item.ARN as string));
  const own = byEventSource.get(record.eventSource) ?? [];
  const read = [...own, ...named].flatMap(([field, type]) =>
    readTexts(record, field).map((name) => toResource(type, name)),
  );
  const distinct = new Map([...listed, ...read].map((resource) => [resource.name, resource]));
  return [...distinct.values()].slice(0, maxResources);
};

const toResource = (type: string, name: string): Resource => ({
  type: oneLine(type, 80),
  name: oneLine(name),
  isArn: name.startsWith('arn:'),
});
