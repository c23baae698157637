import type { AwsCall, AwsRead } from './aws-call.ts';
import { adminPolicies, stoppingPolicies } from './aws-calls/iam.ts';
import { findingTag } from './finding-tag.ts';
import type { Place } from './remediations/call-made.ts';
import { remediations } from './remediations/index.ts';
import type { RemediationName } from './remediations/name.ts';
import type { Rule } from './rule.ts';
import type { RuleSet } from './rule-set.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement of an IAM policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: '*' | readonly string[];
  readonly Condition?: Condition;
};

/** What looking takes, what acting takes on top of it, and what taking it back takes instead of acting. */
export type Permissions = {
  readonly reads: readonly Statement[];
  readonly calls: readonly Statement[];
  readonly undoCalls: readonly Statement[];
};
type Purpose = keyof Permissions;

/**
 * The narrowest ARNs that IAM knows for everything of a kind in one account and region. Anybody's user or bucket may be the
 * one to act on: the kind is named, and which of it is not.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const arnsOf = {
  Users: ({ partition, account }) => `arn:${partition}:iam::${account}:user/*`,
  Roles: ({ partition, account }) => `arn:${partition}:iam::${account}:role/*`,
  Groups: ({ partition, account }) => `arn:${partition}:iam::${account}:group/*`,
  Policies: ({ partition, account }) => `arn:${partition}:iam::${account}:policy/*`,
  Trails: ({ partition, account, region }) => `arn:${partition}:cloudtrail:${region}:${account}:trail/*`,
  Recorders: ({ partition, account, region }) =>
    `arn:${partition}:config:${region}:${account}:configuration-recorder/*`,
  Instances: ({ partition, account, region }) => `arn:${partition}:ec2:${region}:${account}:instance/*`,
  Interfaces: ({ partition, account, region }) => `arn:${partition}:ec2:${region}:${account}:network-interface/*`,
  SecurityGroups: ({ partition, account, region }) => `arn:${partition}:ec2:${region}:${account}:security-group/*`,
  SecurityGroupRules: ({ partition, account, region }) =>
    `arn:${partition}:ec2:${region}:${account}:security-group-rule/*`,
  Snapshots: ({ partition, region }) => `arn:${partition}:ec2:${region}::snapshot/*`,
  Volumes: ({ partition, account, region }) => `arn:${partition}:ec2:${region}:${account}:volume/*`,
  Images: ({ partition, region }) => `arn:${partition}:ec2:${region}::image/*`,
  Detectors: ({ partition, account, region }) => `arn:${partition}:guardduty:${region}:${account}:detector/*`,
  Keys: ({ partition, account, region }) => `arn:${partition}:kms:${region}:${account}:key/*`,
  Functions: ({ partition, account, region }) => `arn:${partition}:lambda:${region}:${account}:function:*`,
  DatabaseSnapshots: ({ partition, account, region }) => `arn:${partition}:rds:${region}:${account}:snapshot:*`,
  ClusterSnapshots: ({ partition, account, region }) => `arn:${partition}:rds:${region}:${account}:cluster-snapshot:*`,
  Buckets: ({ partition }) => `arn:${partition}:s3:::*`,
  Hub: ({ partition, account, region }) => `arn:${partition}:securityhub:${region}:${account}:hub/default`,
} as const satisfies Record<string, (place: Place) => string>;
type Kind = keyof typeof arnsOf;

/** What each action acts on; nothing where IAM knows no resource for it, which is so with a few that only tell. */
const kindsOf: Readonly<Record<AwsCall['action'] | AwsRead['action'], readonly Kind[]>> = {
  'cloudtrail:GetEventSelectors': ['Trails'],
  'cloudtrail:GetTrailStatus': ['Trails'],
  'cloudtrail:LookupEvents': [],
  'cloudtrail:PutEventSelectors': ['Trails'],
  'cloudtrail:StartLogging': ['Trails'],
  'cloudtrail:StopLogging': ['Trails'],
  'config:DescribeConfigurationRecorderStatus': [],
  'config:StartConfigurationRecorder': ['Recorders'],
  'config:StopConfigurationRecorder': ['Recorders'],
  'ec2:AuthorizeSecurityGroupIngress': ['SecurityGroups', 'SecurityGroupRules'],
  'ec2:CreateSnapshots': ['Instances', 'Snapshots', 'Volumes'],
  'ec2:CreateTags': ['Instances'],
  'ec2:DeleteTags': ['Instances'],
  'ec2:DescribeImageAttribute': [],
  'ec2:DescribeInstances': [],
  'ec2:DescribeSecurityGroupRules': [],
  'ec2:DescribeSecurityGroups': [],
  'ec2:DescribeSnapshotAttribute': [],
  'ec2:DescribeSnapshots': [],
  'ec2:ModifyImageAttribute': ['Images'],
  'ec2:ModifyNetworkInterfaceAttribute': ['Interfaces', 'SecurityGroups'],
  'ec2:ModifySnapshotAttribute': ['Snapshots'],
  'ec2:RevokeSecurityGroupIngress': ['SecurityGroups', 'SecurityGroupRules'],
  'guardduty:GetDetector': ['Detectors'],
  'guardduty:UpdateDetector': ['Detectors'],
  'iam:AttachGroupPolicy': ['Groups'],
  'iam:AttachRolePolicy': ['Roles'],
  'iam:AttachUserPolicy': ['Users'],
  'iam:DeleteLoginProfile': ['Users'],
  'iam:DeleteRolePolicy': ['Roles'],
  'iam:DeleteUserPolicy': ['Users'],
  'iam:DetachGroupPolicy': ['Groups'],
  'iam:DetachRolePolicy': ['Roles'],
  'iam:DetachUserPolicy': ['Users'],
  'iam:GetGroup': ['Groups'],
  'iam:GetLoginProfile': ['Users'],
  'iam:GetRole': ['Roles'],
  'iam:GetRolePolicy': ['Roles'],
  'iam:GetUser': ['Users'],
  'iam:GetUserPolicy': ['Users'],
  'iam:ListAccessKeys': ['Users'],
  'iam:ListAttachedGroupPolicies': ['Groups'],
  'iam:ListAttachedRolePolicies': ['Roles'],
  'iam:ListAttachedUserPolicies': ['Users'],
  'iam:ListPolicyVersions': ['Policies'],
  // IAM has no condition on the content of an inline policy; aws-calls/iam.ts lets none through but documents that deny,
  // under names of Trailwire's own.
  'iam:PutRolePolicy': ['Roles'],
  'iam:PutUserPolicy': ['Users'],
  'iam:SetDefaultPolicyVersion': ['Policies'],
  'iam:UpdateAccessKey': ['Users'],
  'iam:UpdateAssumeRolePolicy': ['Roles'],
  'kms:CancelKeyDeletion': ['Keys'],
  'kms:DescribeKey': ['Keys'],
  'kms:DisableKey': ['Keys'],
  'kms:EnableKey': ['Keys'],
  'kms:ScheduleKeyDeletion': ['Keys'],
  'lambda:AddPermission': ['Functions'],
  'lambda:GetFunctionUrlConfig': ['Functions'],
  'lambda:GetPolicy': ['Functions'],
  'lambda:RemovePermission': ['Functions'],
  'lambda:UpdateFunctionUrlConfig': ['Functions'],
  'rds:DescribeDBClusterSnapshotAttributes': ['ClusterSnapshots'],
  'rds:DescribeDBSnapshotAttributes': ['DatabaseSnapshots'],
  'rds:ModifyDBClusterSnapshotAttribute': ['ClusterSnapshots'],
  'rds:ModifyDBSnapshotAttribute': ['DatabaseSnapshots'],
  's3:DeleteBucketPolicy': ['Buckets'],
  's3:GetBucketPolicy': ['Buckets'],
  's3:GetBucketPublicAccessBlock': ['Buckets'],
  's3:PutBucketPolicy': ['Buckets'],
  's3:PutBucketPublicAccessBlock': ['Buckets'],
  'securityhub:DescribeHub': ['Hub'],
  'securityhub:DisableSecurityHub': ['Hub'],
  'securityhub:EnableSecurityHub': ['Hub'],
  'tag:GetResources': [],
};

/** A condition, and what it does to the name of the statement that has it. */
type Limit = { readonly says: string; readonly condition: (place: Place) => Condition };

const onlyPolicies = (says: string, names: readonly string[]): Limit => ({
  says,
  condition: ({ partition }) => ({
    ArnEquals: { 'iam:PolicyARN': names.map((name) => `arn:${partition}:iam::aws:policy/${name}`) },
  }),
});
// Attaching any policy would be a way to become administrator. Responses attach those that stop a user and detach those
// that make an administrator; only undo does it the other way round.
const onlyStopping = onlyPolicies('ByStoppingPolicies', stoppingPolicies);
const onlyAdmin = onlyPolicies('OfAdminPolicies', adminPolicies);
const onlyOwnTag: Limit = {
  says: 'ByOwnTag',
  condition: () => ({
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['trailwire:isolated'] },
    // A request without tags would take away all of them.
    Null: { 'aws:TagKeys': 'false' },
  }),
};
/** Their ARNs name no account. */
const onlyOwnBuckets: Limit = {
  says: '',
  condition: ({ account }) => ({ StringEquals: { 'aws:ResourceAccount': account } }),
};

const limitOf = (action: string, purpose: Purpose): Limit | undefined => {
  if (action.startsWith('s3:')) return onlyOwnBuckets;
  if (/^ec2:(?:Create|Delete)Tags$/.test(action)) return onlyOwnTag;
  if (/^iam:(?:At|De)tach(?:Role|Group)Policy$/.test(action)) return onlyAdmin;
  if (action === 'iam:AttachUserPolicy') return purpose === 'calls' ? onlyStopping : onlyAdmin;
  if (action === 'iam:DetachUserPolicy') return purpose === 'calls' ? onlyAdmin : onlyStopping;
  return undefined;
};

/**
 * What AWS demands beside the permission for a call: to tag what is made counts as a call of its own, which is allowed with
 * that call and by itself not.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
const besides: Partial<Record<AwsCall['action'], (place: Place) => Statement>> = {
  'ec2:CreateSnapshots': (place) => ({
    Sid: 'TagNewSnapshots',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [arnsOf.Snapshots(place)],
    Condition: {
      'ForAllValues:StringEquals': { 'aws:TagKeys': [findingTag] },
      StringEquals: { 'ec2:CreateAction': 'CreateSnapshots' },
    },
  }),
};

const verbs = { reads: 'Read', calls: 'Change', undoCalls: 'Undo' } as const satisfies Record<Purpose, string>;

/** Whether the guard of protected tags has anything to guard. */
export const guardsTagsIn = ({ lists }: Pick<RuleSet, 'lists'>): boolean =>
  (lists.get('protected-tags') ?? []).length > 0;

/** The remediations that rules name. */
export const remediationsInUse = (rules: readonly Pick<Rule, 'respond'>[]): ReadonlySet<RemediationName> =>
  new Set(rules.flatMap(({ respond }) => respond.remediate.map(({ run }) => run)));

/** What the guard of protected tags reads beside, wherever there are any. */
const tagReads = ['iam:GetRole', 'iam:GetUser', 'tag:GetResources'] as const satisfies readonly AwsRead['action'][];

/**
 * The least that remediations need in one account and region, in the order of the statements' names; with what the guard of
 * protected tags reads where there are any.
 */
export const permissionsOf = (names: Iterable<RemediationName>, place: Place, guardsTags = false): Permissions => {
  const needed = [...names].map((name) => remediations[name].actions);
  const statementsFor = (purpose: Purpose): readonly Statement[] => {
    const isGuarding = guardsTags && purpose === 'reads' && needed.length > 0;
    const actions = new Set<keyof typeof kindsOf>([
      ...needed.flatMap((each) => each[purpose]),
      ...(isGuarding ? tagReads : []),
    ]);
    const allowed = Map.groupBy([...actions].toSorted(), (action) => {
      const kinds = kindsOf[action].join('') || 'Anything';
      return `${verbs[purpose]}${kinds}${limitOf(action, purpose)?.says ?? ''}`;
    });
    const statements = [...allowed].map(([Sid, [first, ...others]]): Statement => {
      if (first === undefined) throw new TypeError(`${Sid} groups nothing`);
      const limit = limitOf(first, purpose);
      return {
        Sid,
        Effect: 'Allow',
        Action: [first, ...others],
        Resource: kindsOf[first].length === 0 ? '*' : kindsOf[first].map((kind) => arnsOf[kind](place)),
        ...(limit === undefined ? {} : { Condition: limit.condition(place) }),
      };
    });
    const beside = needed.flatMap((each) =>
      each[purpose].flatMap((action) => besides[action as AwsCall['action']]?.(place) ?? []),
    );
    const sorted = [...statements, ...beside].toSorted((one, other) => (one.Sid < other.Sid ? -1 : 1));
    return purpose === 'reads' ? sorted : [...sorted, ...neverItself([...actions], place)];
  };
  return { reads: statementsFor('reads'), calls: statementsFor('calls'), undoCalls: statementsFor('undoCalls') };
};

/** Whatever a forged finding or a fault in the guard asks for: Trailwire does not lock itself out. */
const neverItself = (
  actions: readonly (keyof typeof kindsOf)[],
  { partition, account, region }: Place,
): readonly Statement[] => {
  const own: Partial<Record<Kind, string>> = {
    Roles: `arn:${partition}:iam::${account}:role/trailwire-*`,
    Functions: `arn:${partition}:lambda:${region}:${account}:function:trailwire-*`,
  };
  const Action = actions.filter((action) => kindsOf[action].some((kind) => own[kind] !== undefined)).toSorted();
  const kinds = new Set(Action.flatMap((action) => kindsOf[action]));
  const Resource = [...kinds].flatMap((kind) => own[kind] ?? []);
  return Action.length === 0 ? [] : [{ Sid: 'NeverItself', Effect: 'Deny', Action, Resource }];
};
