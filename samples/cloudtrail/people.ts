import { ACCOUNT, temporaryKey, userArn, userId } from './company.ts';
import { AWS_CLI, roleSession } from './identities.ts';
import type { Actor } from './record.ts';
import { clock, isoTime } from './time.ts';

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0';
const TERRAFORM = 'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.14.1';
const ADMIN_ROLE = 'AWSReservedSSO_AdministratorAccess_4f1d2c3b4a596877';

/** The people of the company and their seats in the office network, 198.51.100.0/24. */
export const PEOPLE = { ines: '198.51.100.21', marek: '198.51.100.34', tove: '198.51.100.47', daniel: '198.51.100.52' };
export type Person = keyof typeof PEOPLE;

type Fields = Readonly<Record<string, unknown>>;

const admin = (person: Person, since: string): Fields =>
  roleSession(ADMIN_ROLE, 'aws-reserved/sso.amazonaws.com/eu-west-1/', `${person}@example.com`, since);

export const adminInBrowser = (person: Person, since: string): Actor => ({
  identity: admin(person, since),
  sourceIPAddress: PEOPLE[person],
  userAgent: BROWSER,
  channel: 'console',
});

export const adminInTerminal = (person: Person, since: string): Actor => ({
  identity: admin(person, since),
  sourceIPAddress: PEOPLE[person],
  userAgent: AWS_CLI,
  channel: 'sdk',
});

/** The identity provider's half of a sign-in through IAM Identity Center. */
export const samlSubject = (person: Person): Actor => ({
  identity: {
    type: 'SAMLUser',
    principalId: `q3Zk0nX7uVb1EXAMPLE=:${person}@example.com`,
    userName: `${person}@example.com`,
    identityProvider: 'q3Zk0nX7uVb1EXAMPLE=',
  },
  sourceIPAddress: PEOPLE[person],
  userAgent: 'aws-internal/3',
  channel: 'sdk',
});

/** The record of a sign-in names no key: the session has none before it exists. */
export const beforeSession = (actor: Actor): Actor => {
  const { accessKeyId: _none, ...identity } = actor.identity;
  return { ...actor, identity, channel: 'sdk' };
};

export const terraform = (person: Person, since: string): Actor => ({
  identity: roleSession('terraform-apply', '', person, since),
  sourceIPAddress: PEOPLE[person],
  userAgent: TERRAFORM,
  channel: 'sdk',
});

const user = (name: string): Fields => ({
  type: 'IAMUser',
  principalId: userId(name),
  arn: userArn(name),
  accountId: ACCOUNT,
});

export const userWithKey = (name: string, accessKeyId: string, sourceIPAddress: string, userAgent: string): Actor => ({
  identity: { ...user(name), accessKeyId, userName: name },
  sourceIPAddress,
  userAgent,
  channel: 'sdk',
});

const consoleSession = (since: string, mfa: boolean): Fields => ({
  sessionContext: { attributes: { creationDate: isoTime(clock(since)), mfaAuthenticated: String(mfa) } },
});

export const userInBrowser = (name: string, sourceIPAddress: string, since: string, mfa: boolean): Actor => ({
  identity: {
    ...user(name),
    accessKeyId: temporaryKey(`${name} ${since}`),
    userName: name,
    ...consoleSession(since, mfa),
  },
  sourceIPAddress,
  userAgent: BROWSER,
  channel: 'console',
});

export const userAtSignIn = (name: string, sourceIPAddress: string): Actor => ({
  identity: { ...user(name), userName: name },
  sourceIPAddress,
  userAgent: BROWSER,
  channel: 'sdk',
});

const root = { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT };

export const rootAtSignIn = (sourceIPAddress: string): Actor => ({
  identity: root,
  sourceIPAddress,
  userAgent: BROWSER,
  channel: 'sdk',
});

export const rootInBrowser = (sourceIPAddress: string, since: string): Actor => ({
  identity: { ...root, accessKeyId: temporaryKey(`root ${since}`), ...consoleSession(since, false) },
  sourceIPAddress,
  userAgent: BROWSER,
  channel: 'console',
});
