import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText, readTexts } from '../field.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';
import { stillShared } from './shared-with.ts';

const AttributeName = 'restore';

/**
 * Takes back that the call shared a snapshot of an RDS database or cluster with everybody or with unknown accounts.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
 */
export const unshareDbSnapshot: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Takes back that the call shared an RDS snapshot with everybody or with unknown accounts',
  doesNotStop: 'Databases and copies that others made of the snapshot while it was shared are theirs.',
  actions: {
    reads: ['rds:DescribeDBSnapshotAttributes', 'rds:DescribeDBClusterSnapshotAttributes'],
    calls: ['rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute'],
    undoCalls: ['rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute'],
  },
  draft: ({ record, knownAccounts }) => {
    const place = callMade(
      record,
      'rds.amazonaws.com',
      'ModifyDBSnapshotAttribute',
      'ModifyDBClusterSnapshotAttribute',
    );
    if ('refused' in place) return place;
    const isCluster = readText(record, 'eventName') === 'ModifyDBClusterSnapshotAttribute';
    const field = isCluster ? 'dBClusterSnapshotIdentifier' : 'dBSnapshotIdentifier';
    const name = readText(record, `requestParameters.${field}`) ?? '';
    // Those with a colon are made by AWS and cannot be shared.
    if (!/^[A-Za-z][A-Za-z0-9-]{0,254}$/.test(name)) return notApplicable('the record does not name the snapshot');
    const { account, partition, region } = place;
    const added = readTexts(record, 'requestParameters.valuesToAdd').filter(
      (value) => value === 'all' || (/^\d{12}$/.test(value) && value !== account && !knownAccounts.includes(value)),
    );
    if (readText(record, 'requestParameters.attributeName') !== AttributeName || added.length === 0) {
      return notApplicable('the call shared the snapshot with nobody unknown');
    }
    const read: AwsRead = isCluster
      ? { action: 'rds:DescribeDBClusterSnapshotAttributes', parameters: { DBClusterSnapshotIdentifier: name } }
      : { action: 'rds:DescribeDBSnapshotAttributes', parameters: { DBSnapshotIdentifier: name } };
    const modify = (values: { readonly ValuesToAdd: string[] } | { readonly ValuesToRemove: string[] }): AwsCall =>
      isCluster
        ? {
            action: 'rds:ModifyDBClusterSnapshotAttribute',
            parameters: { DBClusterSnapshotIdentifier: name, AttributeName, ...values },
          }
        : {
            action: 'rds:ModifyDBSnapshotAttribute',
            parameters: { DBSnapshotIdentifier: name, AttributeName, ...values },
          };
    const kind = isCluster ? 'cluster-snapshot' : 'snapshot';
    return {
      target: { type: 'db-snapshot', account, arn: `arn:${partition}:rds:${region}:${account}:${kind}:${name}`, name },
      reads: [read],
      changes: (stateOf) =>
        stillShared(
          read,
          [...new Set(added)],
          stateOf,
          (shared) => modify({ ValuesToRemove: [...shared] }),
          (shared) => modify({ ValuesToAdd: [...shared] }),
        ),
    };
  },
};
