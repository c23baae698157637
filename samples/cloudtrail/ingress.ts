import { call } from './calls.ts';
import { ACCOUNT, groupId } from './company.ts';
import { createRandom, HEX } from './random.ts';
import type { Call } from './record.ts';

interface Opening {
  readonly group: string;
  readonly port: number;
  readonly cidr: string;
  readonly description?: string;
}

const openingAnswer =
  ({ group, port, cidr }: Opening): NonNullable<Call['responseElements']> =>
  ({ requestID }) => ({
    requestId: requestID,
    _return: true,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: ACCOUNT,
          groupId: groupId(group),
          securityGroupRuleId: `sgr-0${createRandom(`${group} ${port} ${cidr}`).text(16, HEX)}`,
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          [cidr.includes(':') ? 'cidrIpv6' : 'cidrIpv4']: cidr,
        },
      ],
    },
  });

/** The form of the console, Terraform and most SDK code. */
export const allowIngress = (opening: Opening): Call => {
  const { group, port, cidr, description } = opening;
  const note = description === undefined ? {} : { description };
  const isIpv6 = cidr.includes(':');
  return call(
    'ec2',
    'AuthorizeSecurityGroupIngress',
    {
      groupId: groupId(group),
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: port,
            toPort: port,
            groups: {},
            ipRanges: isIpv6 ? {} : { items: [{ cidrIp: cidr, ...note }] },
            ipv6Ranges: isIpv6 ? { items: [{ cidrIpv6: cidr, ...note }] } : {},
            prefixListIds: {},
          },
        ],
      },
    },
    { responseElements: openingAnswer(opening) },
  );
};

/**
 * The flat form, for one IPv4 range.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export const allowIngressFlat = (opening: Opening): Call =>
  call(
    'ec2',
    'AuthorizeSecurityGroupIngress',
    {
      groupId: groupId(opening.group),
      ipProtocol: 'tcp',
      fromPort: opening.port,
      toPort: opening.port,
      cidrIp: opening.cidr,
      ipPermissions: {},
    },
    { responseElements: openingAnswer(opening) },
  );
