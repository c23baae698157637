import { type Check, roleOf } from './check.ts';
import type { Complaint } from './complaint.ts';
import { deployTo } from './deploy.ts';
import { type Expected, rulesLosing } from './expected.ts';
import { globalSources, homeOfGlobalServices, signInRegions, signInSource } from './places.ts';
import { seenOr } from './snapshot.ts';

/** Every region that can be used is watched; that of the global services and those of sign-ins above all. */
export const checkRegions: Check = ({ regions, enabledRegions }, expected) => {
  const enabled = seenOr(
    enabledRegions,
    regions.map(({ region }) => region),
  );
  const unwatched = enabled.filter((name) => {
    const region = regions.find((each) => each.region === name);
    return region !== undefined && roleOf(region) === 'nothing';
  });
  const isHome = (region: string): boolean => region === homeOfGlobalServices(region);
  const [home, signIn, others] = [
    unwatched.filter(isHome),
    unwatched.filter((region) => signInRegions.includes(region)),
    unwatched.filter((region) => !isHome(region) && !signInRegions.includes(region)),
  ];
  return [
    ...home.map((region) =>
      notWatched(
        'critical',
        [region],
        'Calls of IAM and other global services, and sign-ins of root, are recorded there alone: none is detected.',
        rulesLosing(expected, (source) => globalSources.has(source) || source === signInSource),
      ),
    ),
    ...(signIn.length === 0
      ? []
      : [
          notWatched(
            'high',
            signIn,
            'Some sign-ins to the console are recorded there, and no others of their kind elsewhere; and whatever is done in the region is not detected.',
            signInRules(expected),
          ),
        ]),
    ...(others.length === 0
      ? []
      : [notWatched('medium', others, 'Whatever is done in these regions is not detected.', [])]),
  ];
};

const signInRules = (expected: Expected): readonly string[] =>
  rulesLosing(expected, (source) => source === signInSource);

const notWatched = (
  severity: Complaint['severity'],
  regions: readonly string[],
  lost: string,
  rules: readonly string[],
): Complaint => ({
  check: 'region-not-watched',
  severity,
  regions,
  subject: regions.join(', '),
  says: 'Trailwire is not deployed there, and nothing forwards events.',
  lost,
  rules,
  mend: [
    `Forward its events: docs/organization.md; or deploy there: ${deployTo(regions[0] ?? 'REGION')}`,
    'A region that nobody may use is better closed by a service control policy.',
  ],
});
