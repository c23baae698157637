import * as z from 'zod';
import { homeOfGlobalServices, signInRegions } from '../../engine/doctor/places.ts';
import { partitionOf } from '../../engine/partition.ts';

const region = z.string().regex(/^[a-z]{2,4}(?:-[a-z]{1,12}){1,3}-\d$/, 'expected a region such as "us-east-1"');

/** What an organization is and where it is worked in: `parameters.json`. */
export const organizationParametersSchema = z
  .strictObject({
    organizationId: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'expected an id such as "o-exampleorg1"'),
    centralAccount: z.string().regex(/^\d{12}$/, 'expected the twelve digits of an account'),
    centralRegion: region,
    organizationalUnits: z
      .array(
        z
          .string()
          .regex(/^(?:r-[a-z0-9]{4,32}|ou-[a-z0-9-]{6,64})$/, 'expected an id such as "r-exam" or "ou-exam-11111111"'),
      )
      .min(1),
    regions: z.array(region).min(1),
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
