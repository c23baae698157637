import * as z from 'zod/mini';

const text = z.string();
const described = { Description: z.optional(text) };

/** One ingress rule as the calls of EC2 take it. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
export const permissionSchema = z.strictObject({
  IpProtocol: text,
  FromPort: z.optional(z.int()),
  ToPort: z.optional(z.int()),
  IpRanges: z.optional(z.array(z.strictObject({ CidrIp: text, ...described }))),
  Ipv6Ranges: z.optional(z.array(z.strictObject({ CidrIpv6: text, ...described }))),
  PrefixListIds: z.optional(z.array(z.strictObject({ PrefixListId: text, ...described }))),
  UserIdGroupPairs: z.optional(z.array(z.strictObject({ GroupId: text, UserId: z.optional(text), ...described }))),
});
export type Permission = z.infer<typeof permissionSchema>;

/** Records and requests may say a protocol by its number. */
const protocols: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

/** What tells a rule from the others of its group. All ports, or a protocol without any, is -1 to -1. */
export const ruleKey = (protocol: string, from: unknown, to: unknown, source: string): string => {
  const port = (value: unknown): number => (typeof value === 'number' ? value : -1);
  return `${protocols[protocol] ?? protocol.toLowerCase()} ${port(from)}-${port(to)} ${source}`;
};
