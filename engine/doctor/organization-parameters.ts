import * as z from 'zod';
import { partitionOf } from '../partition.ts';
import { regionNameExpected, regionNameForm } from '../region-name.ts';
import { homeOfGlobalServices, signInRegions } from './places.ts';
import type { Site } from './sites.ts';

const account = z.string().regex(/^\d{12}$/, 'expected the twelve digits of an account');
const region = z.string().regex(regionNameForm, regionNameExpected);

/** What an organization is and where it is worked in: `infra/organization/parameters.json`. */
export const organizationParametersSchema = z
  .strictObject({
    organizationId: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'expected an id such as "o-exampleorg1"'),
    centralAccount: account,
    centralRegion: region,
    organizationalUnits: z
      .array(
        z
          .string()
          .regex(/^(?:r-[a-z0-9]{4,32}|ou-[a-z0-9-]{6,64})$/, 'expected an id such as "r-exam" or "ou-exam-11111111"'),
      )
      .min(1),
    regions: z.array(region).min(1),
    /** Accounts that are looked into, and what the roles there demand; it goes into commands as it is. */
    watch: z
      .strictObject({
        accounts: z.array(account).min(1),
        externalId: z.string().regex(/^[\w.:/-]{2,128}$/, 'expected 2 to 128 letters, digits and any of _.:/-'),
      })
      .optional(),
    templateBucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket'),
  })
  .superRefine(({ regions, centralRegion }, context) => {
    const home = homeOfGlobalServices(centralRegion);
    if (!regions.includes(home)) {
      const message = `expected "${home}" among them: calls of IAM and other global services arrive there alone`;
      context.addIssue({ code: 'custom', path: ['regions'], message });
    }
    const strange = regions.find((each) => partitionOf(each) !== partitionOf(centralRegion));
    if (strange !== undefined) {
      const message = `"${strange}" is in another partition than the central region: events do not go from one to the other`;
      context.addIssue({ code: 'custom', path: ['regions'], message });
    }
  });
export type OrganizationParameters = z.infer<typeof organizationParametersSchema>;

/** Regions that sign-ins to the console may be recorded in and that are left out. */
export const missedSignInRegions = ({ regions, centralRegion }: OrganizationParameters): readonly string[] =>
  partitionOf(centralRegion) === 'aws' ? signInRegions.filter((each) => !regions.includes(each)) : [];

/** Which accounts and regions of an organization are looked into, and what the roles there demand. */
export type WatchedMembers = {
  readonly organizationId: string;
  readonly externalId: string;
  readonly sites: readonly Site[];
};

/** Every region of every account that is to be looked into, but that of the central stack, which looks at itself. */
export const watchedMembersOf = (parameters: OrganizationParameters): WatchedMembers => {
  const { organizationId, watch, regions, centralAccount, centralRegion } = parameters;
  const sites = (watch?.accounts ?? [])
    .flatMap((each) => regions.map((where) => ({ account: each, region: where })))
    .filter((site) => site.account !== centralAccount || site.region !== centralRegion);
  return { organizationId, externalId: watch?.externalId ?? '', sites };
};
