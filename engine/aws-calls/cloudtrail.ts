import * as z from 'zod/mini';
import { eventSelectors } from '../event-selectors.ts';

const text = z.string();
const trailName = text.check(z.regex(/^[A-Za-z0-9][\w.-]{2,127}$/));
const trail = z.strictObject({ Name: trailName });

export const cloudtrailCalls = [
  z.strictObject({ action: z.literal('cloudtrail:StartLogging'), parameters: trail }),
  z.strictObject({ action: z.literal('cloudtrail:StopLogging'), parameters: trail }),
  z.strictObject({
    action: z.literal('cloudtrail:PutEventSelectors'),
    parameters: z.strictObject({ TrailName: trailName, ...eventSelectors }),
  }),
] as const;

export const cloudtrailReads = [
  /** `{"logging": true}`. */
  z.strictObject({ action: z.literal('cloudtrail:GetTrailStatus'), parameters: trail }),
  /** The selectors as CloudTrail gives them: `EventSelectors` or `AdvancedEventSelectors`. */
  z.strictObject({
    action: z.literal('cloudtrail:GetEventSelectors'),
    parameters: z.strictObject({ TrailName: trailName }),
  }),
  /** The role sessions that a key started: `{"<role ARN>": ["<aws:userid>", ...]}`. */
  z.strictObject({
    action: z.literal('cloudtrail:LookupEvents'),
    parameters: z.strictObject({ AccessKeyId: text.check(z.regex(/^AKIA[A-Z0-9]{12,124}$/)) }),
  }),
] as const;
