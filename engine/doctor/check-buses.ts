import * as z from 'zod/mini';
import { awsCommand } from '../shell-word.ts';
import { inEachRegion, roleOf } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import { deployAgain } from './deploy.ts';
import { parts } from './parts.ts';
import type { Bus, RegionSnapshot } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const policySchema = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Effect: z.string(),
      Principal: z.optional(z.unknown()),
      Action: oneOrMore,
      Condition: z.optional(z.record(z.string(), z.record(z.string(), oneOrMore))),
    }),
  ),
});
type Statement = z.infer<typeof policySchema>['Statement'][number];

/** The bus of findings is there and takes none but Trailwire's; that of collected events lets in the organization and nobody else. */
export const checkBuses = inEachRegion((region): readonly RegionComplaint[] => {
  if (roleOf(region) !== 'detects') return [];
  const buses = seenOr(region.buses, undefined);
  if (buses === undefined) return [];
  const finding = buses.find(({ name }) => name === parts.findingBus);
  const collecting = buses.find(({ name }) => name === parts.collectingBus);
  return [
    ...(finding === undefined ? [busMissing(region)] : complainOfFindingBus(finding, region)),
    ...(collecting === undefined ? [] : complainOfCollectingBus(collecting, region)),
  ];
});

const busMissing = ({ region }: RegionSnapshot): RegionComplaint => ({
  check: 'bus-missing',
  severity: 'critical',
  subject: parts.findingBus,
  says: `There is no bus ${parts.findingBus}.`,
  lost: 'Findings go nowhere: nobody is told, and nothing is answered.',
  rules: [],
  mend: [
    awsCommand(region, 'events', 'create-event-bus', '--name', parts.findingBus),
    `Its policy, archive and subscriptions went with it. ${deployAgain}`,
  ],
});

const complainOfFindingBus = ({ name, policy }: Bus, { region }: RegionSnapshot): readonly RegionComplaint[] => {
  const statements = statementsOf(policy);
  if (statements?.some(keepsOthersOut)) return [];
  return [
    {
      check: 'bus-open',
      severity: 'high',
      subject: name,
      says: `The policy of the bus ${name} does not keep others out.`,
      lost: 'Whoever may call events:PutEvents can put findings on it, and have people alerted and keys deactivated.',
      rules: [],
      mend: [
        awsCommand(region, 'events', 'describe-event-bus', '--name', name, '--query', 'Policy'),
        'Put the statement OnlyTrailwirePutsEvents of infra/bus.yml back (aws events put-permission --policy).',
      ],
    },
  ];
};

const isAboutPutEvents = ({ Action }: Statement): boolean =>
  [Action].flat().some((action) => ['*', 'events:*', 'events:putevents'].includes(action.toLowerCase()));

/** Denies all but roles of Trailwire. */
const keepsOthersOut = (statement: Statement): boolean => {
  const { Effect, Principal, Condition = {} } = statement;
  const operators = Object.entries(Condition).filter(([operator]) => /^Arn(?:NotEquals|NotLike)$/.test(operator));
  const exempt = operators.flatMap(([, keys]) => [keys['aws:PrincipalArn'] ?? []].flat());
  return (
    Effect === 'Deny' &&
    isAboutPutEvents(statement) &&
    JSON.stringify(Principal).includes('"*"') &&
    Object.keys(Condition).length === operators.length &&
    exempt.length > 0 &&
    exempt.every((arn) => /^arn:[a-z-]+:iam::\d{12}:role\/trailwire-[\w-]+$/.test(arn))
  );
};

const complainOfCollectingBus = ({ name, policy }: Bus, { region }: RegionSnapshot): readonly RegionComplaint[] => {
  const allowing = (statementsOf(policy) ?? []).filter((each) => each.Effect === 'Allow' && isAboutPutEvents(each));
  const describe = awsCommand(region, 'events', 'describe-event-bus', '--name', name, '--query', 'Policy');
  const again =
    'Put the statement OrganizationForwards of infra/organization.yml back (aws events put-permission --policy).';
  if (allowing.length === 0) {
    return [
      {
        check: 'bus-closed',
        severity: 'critical',
        subject: name,
        says: `The policy of the bus ${name} lets no other account in.`,
        lost: 'Events of member accounts are refused: what is done there is not detected.',
        rules: [],
        mend: [describe, again],
      },
    ];
  }
  if (allowing.every(isOfOneOrganization)) return [];
  return [
    {
      check: 'bus-open',
      severity: 'high',
      subject: name,
      says: `The policy of the bus ${name} lets in accounts outside the organization.`,
      lost: 'Nothing is lost, but strangers can send events, at your cost.',
      rules: [],
      mend: [describe, again],
    },
  ];
};

const isOfOneOrganization = ({ Condition = {} }: Statement): boolean => {
  const ids = [Condition.StringEquals?.['aws:PrincipalOrgID'] ?? []].flat();
  return ids.length === 1 && /^o-[a-z0-9]{10,32}$/.test(ids[0] ?? '');
};

const statementsOf = (policy: string | undefined): readonly Statement[] | undefined => {
  if (policy === undefined) return undefined;
  try {
    return policySchema.parse(JSON.parse(policy)).Statement;
  } catch {
    // A policy that cannot be read here is not seen to keep anybody out.
    return undefined;
  }
};
