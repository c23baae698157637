import { BASE32, createRandom, HEX } from './random.ts';

export const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1'] as const;
export type Region = (typeof REGIONS)[number];

export const ACCOUNT = '111122223333';
export const FOREIGN_ACCOUNT = '444455556666';
export const ORDERS_BUCKET = 'acme-orders-archive';
export const EXPORTS_BUCKET = 'acme-customer-exports';
export const SITE_BUCKET = 'acme-shop-site';
export const TRAIL_BUCKET = 'acme-cloudtrail-logs';
export const FLOW_LOG_BUCKET = 'acme-flow-logs';
export const WORK_BUCKETS = [ORDERS_BUCKET, SITE_BUCKET, TRAIL_BUCKET, FLOW_LOG_BUCKET] as const;
/** The rest have no bucket policy, and asking for it is an error. */
export const BUCKETS_WITH_POLICY: readonly string[] = [SITE_BUCKET, TRAIL_BUCKET];
export const FUNCTIONS = ['orders-api', 'payments-api', 'invoice-mailer', 'exports-worker', 'stock-sync'] as const;
export const INSTANCES = ['shop-1', 'shop-2', 'bastion-1', 'reports-1'] as const;

const idFor = (name: string, length: number): string => createRandom(name).text(length, HEX);

/** Principal and key ids end in EXAMPLE: they have the length of real ones and cannot be mistaken for one. */
export const roleId = (role: string): string => `AROA${createRandom(`role ${role}`).text(10, BASE32)}EXAMPLE`;
export const userId = (user: string): string => `AIDA${createRandom(`user ${user}`).text(10, BASE32)}EXAMPLE`;
export const longTermKey = (user: string): string => `AKIA${createRandom(`key ${user}`).text(9, BASE32)}EXAMPLE`;
export const temporaryKey = (session: string): string =>
  `ASIA${createRandom(`session ${session}`).text(9, BASE32)}EXAMPLE`;

export const instanceId = (name: string): string => `i-0${idFor(`instance ${name}`, 16)}`;
export const volumeId = (name: string): string => `vol-0${idFor(`volume ${name}`, 16)}`;
export const snapshotId = (name: string): string => `snap-0${idFor(`snapshot ${name}`, 16)}`;
export const groupId = (name: string): string => `sg-0${idFor(`group ${name}`, 16)}`;
export const detectorId = (region: Region): string => idFor(`detector ${region}`, 32);

export const roleArn = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/${role}`;
export const userArn = (user: string): string => `arn:aws:iam::${ACCOUNT}:user/${user}`;
export const functionArn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
export const keyArn = (name: string, region: Region = 'eu-west-1'): string =>
  `arn:aws:kms:${region}:${ACCOUNT}:key/${createRandom(`kms ${name}`).guid()}`;
export const trailArn = (name: string): string => `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/${name}`;
