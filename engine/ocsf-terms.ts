import type { Severity } from './severity.ts';

/** The OCSF release that findings and activities are written in. https://schema.ocsf.io */
export const ocsfVersion = '1.9.0';

export const product = { name: 'Trailwire', vendor_name: 'Trailwire' } as const;

/** OCSF's captions of severity_id 1 to 5. */
export const severityCaption = (severity: Severity): string => severity.charAt(0).toUpperCase() + severity.slice(1);
