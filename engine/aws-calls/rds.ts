import * as z from 'zod/mini';

const identifier = z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9-]{0,254}$/));
const whom = z.array(z.string().check(z.regex(/^(?:all|\d{12})$/))).check(z.minLength(1));
const restore = {
  AttributeName: z.literal('restore'),
  ValuesToAdd: z.optional(whom),
  ValuesToRemove: z.optional(whom),
};

export const rdsCalls = [
  z.strictObject({
    action: z.literal('rds:ModifyDBSnapshotAttribute'),
    parameters: z.strictObject({ DBSnapshotIdentifier: identifier, ...restore }),
  }),
  z.strictObject({
    action: z.literal('rds:ModifyDBClusterSnapshotAttribute'),
    parameters: z.strictObject({ DBClusterSnapshotIdentifier: identifier, ...restore }),
  }),
] as const;

export const rdsReads = [
  /** Whom it is shared with: `{"all": true, "<account>": true}`. */
  z.strictObject({
    action: z.literal('rds:DescribeDBSnapshotAttributes'),
    parameters: z.strictObject({ DBSnapshotIdentifier: identifier }),
  }),
  z.strictObject({
    action: z.literal('rds:DescribeDBClusterSnapshotAttributes'),
    parameters: z.strictObject({ DBClusterSnapshotIdentifier: identifier }),
  }),
] as const;
