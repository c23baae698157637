import { plural } from '../plural.ts';
import { severityId } from '../severity.ts';
import { type Ask, looked } from './ask.ts';
import { couldNotLook } from './check-sight.ts';
import type { Complaint } from './complaint.ts';
import { diagnose } from './diagnose.ts';
import type { Expected } from './expected.ts';
import { lookAtMember } from './look-at-member.ts';
import type { Site } from './sites.ts';

/** Lets a look be taken in the account and region of a site; throws what kept it from there. */
export type EnterSite = <Seen>(site: Site, look: (ask: Ask) => Promise<Seen>) => Promise<Seen>;

/** A complaint that is the same in all of these accounts, which its sentence names. */
export type MemberComplaint = Complaint & { readonly accounts: readonly string[] };

type AccountComplaint = { readonly account: string; readonly complaint: Complaint };

/** Each account is throttled by itself; more than this at a time would only crowd the function. */
const atATime = 8;
const namedAccounts = 5;

/**
 * Looks into each account, in all its regions, and says what is wrong there, the worst first. What is the same in several
 * accounts is said once: a template that is older than the rules is one piece of news, not one for each of five hundred.
 * An account that cannot be entered is a complaint, and keeps nobody from the others.
 */
export const examineMembers = async (
  enter: EnterSite,
  sites: readonly Site[],
  expected: Expected,
  at: number,
): Promise<readonly MemberComplaint[]> => {
  const members = [...Map.groupBy(sites, ({ account }) => account)];
  const found: AccountComplaint[] = [];
  for (let next = 0; next < members.length; next += atATime) {
    const some = members.slice(next, next + atATime).map(async ([account, theirs]) => {
      const complaints = await examine(enter, account, theirs, expected, at);
      return complaints.map((complaint) => ({ account, complaint }));
    });
    found.push(...(await Promise.all(some)).flat());
  }
  return [...Map.groupBy(found, ({ complaint }) => JSON.stringify(complaint)).values()]
    .flatMap(saidOnce)
    .toSorted((one, other) => severityId(other.severity) - severityId(one.severity));
};

/** The same complaint of several accounts as one that names them. */
const saidOnce = (same: readonly AccountComplaint[]): readonly MemberComplaint[] => {
  const [first] = same;
  if (first === undefined) return [];
  const { complaint } = first;
  const accounts = same.map(({ account }) => account);
  const more = accounts.length - namedAccounts;
  const named = `${accounts.slice(0, namedAccounts).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    {
      ...complaint,
      accounts,
      subject: `${accounts.join(' ')} ${complaint.subject}`,
      says: `${accounts.length === 1 ? 'Account' : 'Accounts'} ${named}: ${complaint.says}`,
    },
  ];
};

const examine = async (
  enter: EnterSite,
  account: string,
  sites: readonly Site[],
  expected: Expected,
  at: number,
): Promise<readonly Complaint[]> => {
  const looks = await Promise.all(
    sites.map(async (site) => ({
      region: site.region,
      look: await looked(() => enter(site, (ask) => lookAtMember(ask, site.region))),
    })),
  );
  const regions = looks.flatMap(({ look }) => ('seen' in look ? [look.seen] : []));
  const closed = looks.flatMap(({ region, look }) => ('failed' in look ? [{ region, failed: look.failed }] : []));
  const enabledRegions = { seen: regions.map(({ region }) => region) };
  return [
    ...[...Map.groupBy(closed, ({ failed }) => failed)].map(([failed, theirs]) => ({
      ...couldNotLook(
        theirs.map(({ region }) => region),
        'account',
        failed,
      ),
      mend: ['The role must be there and let in who asks: docs/organization.md says how the stack set makes it.'],
    })),
    ...missingAsOne(diagnose({ account, at, regions, enabledRegions }, expected)),
  ];
};

/** They are missing together, since one template makes them all. */
const missingAsOne = (complaints: readonly Complaint[]): readonly Complaint[] => {
  const missing = complaints.filter(({ check }) => check === 'subscription-missing');
  const [first] = missing;
  if (first === undefined) return complaints;
  return [
    {
      ...first,
      regions: [...new Set(missing.flatMap(({ regions }) => regions))],
      subject: 'subscriptions',
      says: `${plural(missing.length, 'subscription')} that the rules need ${missing.length === 1 ? 'is' : 'are'} not there.`,
      rules: [...new Set(missing.flatMap(({ rules }) => rules))],
      mend: [
        'Bring the stack set to the rules of the central stack: the last command that npm run organization prints.',
      ],
    },
    ...complaints.filter(({ check }) => check !== 'subscription-missing'),
  ];
};
