import type { AwsRead } from '../aws-call.ts';
import { readField, readText, readTexts } from '../field.ts';
import { type CloudTrailRecord, isJsonObject, type JsonObject } from '../record.ts';
import { permissionSchema, ruleKey } from '../security-group-rule.ts';
import { aspectOf, type State } from '../state.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/** Each is a call; who adds more than this at once is looked at by a person. */
const maxRules = 30;

/**
 * Revokes the ingress rules that the call added to a security group, and no others: by the ids that the record has, or by
 * their parameters where it is an old one.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export const revokeSecurityGroupRules: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Revokes the ingress rules that the call added to a security group',
  doesNotStop:
    'Connections that are open go on until they end; rules that the call changed, and that other calls added, stay. Tags of a rule are not put back by undo.',
  actions: {
    reads: ['ec2:DescribeSecurityGroupRules'],
    calls: ['ec2:RevokeSecurityGroupIngress'],
    undoCalls: ['ec2:AuthorizeSecurityGroupIngress'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress');
    if ('refused' in place) return place;
    const added = 'responseElements.securityGroupRuleSet.items';
    const GroupId = readText(record, 'requestParameters.groupId') ?? readTexts(record, `${added}.groupId`)[0] ?? '';
    if (!/^sg-[0-9a-f]{8,17}$/.test(GroupId)) return notApplicable('the record does not name the security group');
    const ids = readTexts(record, `${added}.securityGroupRuleId`);
    const { account, partition, region } = place;
    const read: AwsRead = { action: 'ec2:DescribeSecurityGroupRules', parameters: { GroupId } };
    return {
      target: {
        type: 'security-group',
        account,
        arn: `arn:${partition}:ec2:${region}:${account}:security-group/${GroupId}`,
        name: GroupId,
      },
      reads: [read],
      changes: (stateOf) => {
        const state = stateOf(read);
        const keys = ids.length > 0 ? ids.map((id) => aspectOf(state, id)) : requestedRules(record);
        const rules = [...new Set(keys)].flatMap((key) => presentRule(key, state));
        if (rules.length === 0) return notApplicable(`${GroupId} has none of the rules any more that the call added`);
        if (rules.length > maxRules) return notApplicable(`the call added ${rules.length} rules; a person has to look`);
        return rules.map(({ key, permission }) => {
          const parameters = { GroupId, IpPermissions: [permission] };
          return {
            read,
            to: { [key]: null },
            call: { action: 'ec2:RevokeSecurityGroupIngress', parameters },
            undo: { action: 'ec2:AuthorizeSecurityGroupIngress', parameters },
          };
        });
      },
    };
  },
};

const presentRule = (key: unknown, state: State) => {
  if (typeof key !== 'string') return [];
  const permission = permissionSchema.safeParse(aspectOf(state, key));
  return permission.success ? [{ key, permission: permission.data }] : [];
};

/** The rules of a request, in either of its forms: flat, or with a list of permissions. */
const requestedRules = (record: CloudTrailRecord): readonly string[] => {
  const parameters = readField(record, ['requestParameters']);
  if (!isJsonObject(parameters)) return [];
  const items = readField(parameters, ['ipPermissions', 'items']);
  return (Array.isArray(items) ? items : [parameters]).filter(isJsonObject).flatMap(rulesOfPermission);
};

const sources = ['cidrIp', 'ipRanges.items.cidrIp', 'ipv6Ranges.items.cidrIpv6', 'groups.items.groupId'];

const rulesOfPermission = (permission: JsonObject): readonly string[] =>
  [...sources, 'prefixListIds.items.prefixListId']
    .flatMap((path) => readTexts(permission, path))
    .map((source) =>
      ruleKey(readText(permission, 'ipProtocol') ?? '-1', permission.fromPort, permission.toPort, source),
    );
