import * as z from 'zod/mini';

/** Sigma's levels, in rising order; OCSF `severity_id` is the position plus one. */
export const severitySchema = z.enum(['informational', 'low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof severitySchema>;

/** OCSF severity_id: 1 Informational to 5 Critical. */
export const severityId = (severity: Severity): number => severitySchema.options.indexOf(severity) + 1;

/** Whether a severity is at least another. */
export const isAtLeast = (severity: Severity, least: Severity): boolean => severityId(severity) >= severityId(least);
