import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

const schema = (name: string) =>
  JSON.parse(readFileSync(new URL(`./${name}-1.9.0.schema.json`, import.meta.url), 'utf8'));

// strictRequired would want every "at least one of" to repeat the properties it names.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
ajv.addSchema(schema('objects'));

const createValidator = (name: string): ((value: unknown) => string[]) => {
  const validate = ajv.compile(schema(name));
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(complaintOf));
};

const complaintOf = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath} ${message} ${params.additionalProperty ?? params.unevaluatedProperty ?? ''}`.trim();

/** What keeps a value from being an OCSF Detection Finding of the newest release, one line each. https://schema.ocsf.io/1.9.0/classes/detection_finding */
export const validateFinding = createValidator('detection-finding');

/** What keeps a value from being an OCSF Remediation Activity of the newest release, one line each. https://schema.ocsf.io/1.9.0/classes/remediation_activity */
export const validateActivity = createValidator('remediation-activity');
