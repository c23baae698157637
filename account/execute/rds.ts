import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBSnapshotAttributesCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { State } from '../../engine/state.ts';
import { type Connect, presenceOf, type Service } from './service.ts';

export const connectRds = (connect: Connect): Service<'rds'> => {
  const rds = connect(RDSClient);
  return {
    calls: {
      'rds:ModifyDBSnapshotAttribute': (parameters) => rds.send(new ModifyDBSnapshotAttributeCommand(parameters)),
      'rds:ModifyDBClusterSnapshotAttribute': (parameters) =>
        rds.send(new ModifyDBClusterSnapshotAttributeCommand(parameters)),
    },
    reads: {
      'rds:DescribeDBSnapshotAttributes': async (parameters) => {
        const { DBSnapshotAttributesResult: result } = await rds.send(
          new DescribeDBSnapshotAttributesCommand(parameters),
        );
        return sharedWith(result?.DBSnapshotAttributes);
      },
      'rds:DescribeDBClusterSnapshotAttributes': async (parameters) => {
        const { DBClusterSnapshotAttributesResult: result } = await rds.send(
          new DescribeDBClusterSnapshotAttributesCommand(parameters),
        );
        return sharedWith(result?.DBClusterSnapshotAttributes);
      },
    },
    absent: ['DBSnapshotNotFoundFault', 'DBClusterSnapshotNotFoundFault'],
  };
};

type Attribute = { readonly AttributeName?: string | undefined; readonly AttributeValues?: string[] | undefined };

const sharedWith = (attributes: readonly Attribute[] = []): State =>
  presenceOf(attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? []);
