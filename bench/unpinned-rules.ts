import type { Condition } from '../engine/condition.ts';
import { BASE32, HEX, type Random } from '../samples/cloudtrail/random.ts';

/**
 * Trees for rules that name no event, in the shapes of those that are shipped (`rules/any/`, `rules/root/`) and of what
 * people add to them: lists of addresses, pieces of user agents, keys laid out as bait. Each has constants of its own, as
 * real rules do: a thousand copies of one test would cost no more than one.
 */
export const unpinnedConditions = (random: Random): Condition => random.pick(shapes)(random);

const notByService: Condition = { not: { condition: 'made-by-aws-service' } };

/** So many versions of each tool are told apart. */
const versions = 500;

const errorCodes = [
  ...['AccessDenied', 'UnauthorizedOperation', 'ThrottlingException', 'ValidationException', 'NoSuchEntity'],
  ...['InvalidClientTokenId', 'ExpiredToken', 'OptInRequired', 'LimitExceeded', 'ResourceNotFoundException'],
  ...['NoSuchBucket', 'InvalidUserID', 'DryRunOperation', 'KMSInvalidState', 'PolicyNotAttachable', 'EntityExists'],
];
const agents = [
  ...['kali', 'parrot', 'pentoo', 'masscan', 'scanner', 'S3 Browser', 'rclone', 'python-requests', 'Go-http-client'],
  ...['curl', 'TruffleHog', 'aws-sdk-nodejs', 'Terraform', 'Boto3', 'PowerShell', 'okhttp', 'Dart', 'custom-tool'],
];
const verbs = ['Create', 'Delete', 'Put', 'Update', 'Attach', 'Detach', 'Stop', 'Disable', 'Modify', 'Get', 'List'];
const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-2', 'sa-east-1', 'me-south-1'];

const some = <T>(random: Random, most: number, make: () => T): readonly T[] => [
  ...new Set(Array.from({ length: random.int(1, most) }, make)),
];
/** Lists of bad addresses hardly ever have one of ours; these have one in a hundred from where the sample records come. */
const range = (random: Random): string => {
  if (random.int(0, 99) === 0)
    return `${random.pick(['192.0.2', '198.51.100', '203.0.113'])}.${random.int(0, 15) * 16}/28`;
  if (random.int(0, 2) === 0) return `2001:db8:${random.text(4, HEX)}::/48`;
  return `10.${random.int(0, 255)}.${random.int(0, 255)}.0/24`;
};
const keyId = (random: Random): string => `AKIA${random.text(9, BASE32)}EXAMPLE`;
const tool = (random: Random): string => `${random.pick(agents)}/${random.int(1, versions)}`;

const shapes: readonly ((random: Random) => Condition)[] = [
  // any-call-denied
  (random) => ({
    all: [
      { fact: 'errorCode', operator: 'wildcard', value: some(random, 3, () => `*${random.pick(errorCodes)}*`) },
      notByService,
      { fact: 'sourceIPAddress', operator: 'notEqual', value: 'delivery.logs.amazonaws.com' },
      { fact: 'eventName', operator: 'prefix', value: random.pick(verbs) },
    ],
  }),
  // any-request-content-omitted
  (random) => ({
    all: [
      { fact: 'requestParameters.omitted', operator: 'in', value: [true, 'true'] },
      { fact: 'requestParameters.reason', operator: 'wildcard', value: `*${tool(random)}*` },
      { condition: 'succeeded' },
    ],
  }),
  // any-service-user-agent-forged
  (random) => ({
    all: [
      { fact: 'userIdentity.type', operator: 'equal', value: 'IAMUser' },
      { fact: 'userIdentity.accessKeyId', operator: 'prefix', value: `AKIA${random.text(1, BASE32)}` },
      { fact: 'userIdentity.sessionContext.attributes', operator: 'exists', value: false },
      {
        fact: 'userAgent',
        operator: 'regex',
        value: `^\\[?${random.pick(agents)}[a-z0-9./-]+${random.int(0, 99)}\\]?$`,
      },
      { fact: 'sourceIPAddress', operator: 'cidr', value: some(random, 2, () => range(random)) },
    ],
  }),
  // root-access-key-used
  (random) => ({
    all: [
      { fact: 'userIdentity.type', operator: 'equal', value: 'Root' },
      { fact: 'userIdentity.accessKeyId', operator: 'prefix', value: `AKIA${random.text(2, BASE32)}` },
      notByService,
    ],
  }),
  // root-used
  (random) => ({
    all: [
      { fact: 'userIdentity.type', operator: 'equal', value: 'Root' },
      notByService,
      { fact: 'awsRegion', operator: 'notIn', value: some(random, 4, () => random.pick(regions)) },
      { fact: 'eventName', operator: 'prefix', value: random.pick(verbs) },
      { not: { fact: 'userIdentity.accessKeyId', operator: 'prefix', value: 'AKIA' } },
    ],
  }),
  // Addresses that somebody warned of
  (random) => ({
    all: [{ fact: 'sourceIPAddress', operator: 'cidr', value: some(random, 8, () => range(random)) }, notByService],
  }),
  // Tools that nobody here uses
  (random) => ({
    all: [
      { fact: 'userAgent', operator: 'wildcard', value: some(random, 3, () => `*${tool(random)}*`) },
      notByService,
      { condition: 'succeeded' },
    ],
  }),
  // Keys laid out as bait
  (random) => ({
    any: [{ fact: 'userIdentity.accessKeyId', operator: 'in', value: some(random, 4, () => keyId(random)) }],
  }),
];
