import { ACCOUNT, functionArn, instanceId, roleId, temporaryKey } from './company.ts';
import type { Actor } from './record.ts';
import { clock, isoTime } from './time.ts';

export const AWS_CLI =
  'aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.12.41 md/arch#x86_64 lang/python#3.13.7 md/prompt#off';
const OIDC_PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const DEPLOY_SUBJECT = 'repo:acme/shop:ref:refs/heads/main';

type Fields = Readonly<Record<string, unknown>>;

export const roleSession = (
  role: string,
  path: string,
  session: string,
  since: string,
  context: Fields = {},
): Fields => ({
  type: 'AssumedRole',
  principalId: `${roleId(role)}:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
  accountId: ACCOUNT,
  accessKeyId: temporaryKey(`${role} ${session} ${since}`),
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: roleId(role),
      arn: `arn:aws:iam::${ACCOUNT}:role/${path}${role}`,
      accountId: ACCOUNT,
      userName: role,
    },
    // MFA is asked for by the identity provider, which this field does not know of.
    attributes: { creationDate: isoTime(clock(since)), mfaAuthenticated: 'false' },
    ...context,
  },
});

/** A service principal in its own name. */
export const awsService = (principal: string): Actor => ({
  identity: { type: 'AWSService', invokedBy: principal },
  sourceIPAddress: principal,
  userAgent: principal,
  channel: 'service',
});

/** A service that calls on behalf of someone: the identity stays, the address and agent are the service's. */
export const through = (principal: string, actor: Actor): Actor => ({
  identity: { ...actor.identity, invokedBy: principal },
  sourceIPAddress: principal,
  userAgent: principal,
  channel: 'service',
});

export const serviceLinkedRole = (role: string, principal: string, session: string, since = '07:52:10'): Actor =>
  through(principal, {
    identity: roleSession(role, `aws-service-role/${principal}/`, session, since),
    sourceIPAddress: principal,
    userAgent: principal,
    channel: 'service',
  });

export const workflow = (address: string): Actor => ({
  identity: {
    type: 'WebIdentityUser',
    principalId: `${OIDC_PROVIDER}:sts.amazonaws.com:${DEPLOY_SUBJECT}`,
    userName: DEPLOY_SUBJECT,
    identityProvider: OIDC_PROVIDER,
  },
  sourceIPAddress: address,
  userAgent:
    'aws-sdk-js/3.896.0 ua/2.1 os/linux#6.11.0 lang/js md/nodejs#20.19.5 configure-aws-credentials-for-github-actions',
  channel: 'sdk',
});

export const deploy = (run: number, since: string, address: string): Actor => ({
  identity: roleSession('github-actions-deploy', '', `shop-${run}`, since, {
    webIdFederationData: { federatedProvider: OIDC_PROVIDER, attributes: {} },
  }),
  sourceIPAddress: address,
  userAgent: AWS_CLI,
  channel: 'sdk',
});

/** An EC2 instance with its role; calls leave through the VPC endpoint, from the private address. */
export const instance = (name: string, privateAddress: string): Actor => ({
  identity: roleSession(`acme-${name.replace(/-\d+$/, '')}-instance`, '', instanceId(name), '07:31:45', {
    ec2RoleDelivery: '2.0',
  }),
  sourceIPAddress: privateAddress,
  userAgent: 'amazon-ssm-agent/3.3.2299.0',
  channel: 'sdk',
  vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
});

export const lambda = (name: string): Actor => ({
  identity: {
    ...roleSession(`acme-${name}-role`, '', `acme-${name}`, '07:48:30'),
    inScopeOf: {
      issuerType: 'AWS::Lambda::Function',
      credentialsIssuedTo: functionArn(`acme-${name}`),
    },
  },
  sourceIPAddress: '192.0.2.18',
  userAgent: `aws-sdk-js/3.896.0 ua/2.1 os/linux lang/js md/nodejs#22.19.0 exec-env/AWS_Lambda_nodejs22.x`,
  channel: 'sdk',
});
