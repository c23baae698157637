import { createHash } from 'node:crypto';
import type { Finding } from './ocsf.ts';

/** Fields of a record that may be up to 100 KB each; an attacker can fill them. */
const largeFields = ['requestParameters', 'responseElements', 'additionalEventData', 'serviceEventDetails'] as const;

/** UTF-8 bytes of a value as JSON. */
export const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/**
 * Makes a finding fit into `maxBytes` of JSON: first the largest fields of the record are replaced by their size and
 * SHA-256 (in CloudTrail's own way of saying `omitted`), then the explanation goes. Who, what, when and where always stay.
 */
export const fitFinding = (finding: Finding, maxBytes: number): Finding => {
  let fitted = finding;
  const bySize = largeFields
    .map((field) => ({ field, bytes: jsonBytes(finding.evidences[0]?.data[field] ?? null) }))
    .sort((a, b) => b.bytes - a.bytes);
  for (const { field, bytes } of bySize) {
    if (jsonBytes(fitted) <= maxBytes) return fitted;
    fitted = withoutField(fitted, field, bytes);
  }
  if (jsonBytes(fitted) <= maxBytes) return fitted;
  const { explanation, ...trailwire } = fitted.unmapped.trailwire;
  return { ...fitted, unmapped: { ...fitted.unmapped, trailwire } };
};

const withoutField = (finding: Finding, field: string, bytes: number): Finding => {
  const [evidence, ...others] = finding.evidences;
  if (evidence?.data[field] === undefined || evidence.data[field] === null) return finding;
  const sha256 = createHash('sha256').update(JSON.stringify(evidence.data[field])).digest('hex');
  const omitted = { omitted: true, reason: `${field} too large for the finding`, originalSize: bytes, sha256 };
  return { ...finding, evidences: [{ ...evidence, data: { ...evidence.data, [field]: omitted } }, ...others] };
};
