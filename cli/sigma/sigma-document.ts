import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { messageOf } from '../../engine/errors.ts';
import { renderIssue } from '../../engine/schema-issue.ts';
import { Refusal } from './refusal.ts';

const text = z.union([z.string(), z.number()]).transform(String);
/** A key with nothing behind it is a key left out. */
const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);
const oneOrMany = <T>(item: z.ZodType<T>) => z.union([item.transform((value) => [value]), z.array(item)]);
const texts = oneOrMany(text)
  .nullish()
  .transform((value) => value ?? []);

/** What the three kinds of documents say of themselves. Other keys are Sigma's to have and ours to leave. */
const head = {
  title: z.string().min(1),
  id: optional(text),
  name: optional(text),
  status: optional(z.string()),
  description: optional(z.string()),
  author: optional(text),
  references: texts,
  tags: texts,
  falsepositives: texts,
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']).optional(),
};

const logsource = z.looseObject({
  category: text.optional(),
  product: text.optional(),
  service: text.optional(),
});
const condition = oneOrMany(z.string());
const selections = z.looseObject({ condition: condition });

/** A rule about single events. https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html */
const sigmaRuleSchema = z.looseObject({ ...head, logsource, detection: selections });
export type SigmaRule = z.infer<typeof sigmaRuleSchema>;

/** A rule about matches of others. https://sigmahq.io/sigma-specification/specification/sigma-correlation-rules-specification.html */
const sigmaCorrelationSchema = z.looseObject({
  ...head,
  correlation: z.looseObject({
    type: z.string(),
    rules: oneOrMany(text),
    aliases: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    'group-by': texts,
    timespan: z.string(),
    condition: z.unknown().optional(),
    generate: z.boolean().optional(),
  }),
  generate: z.boolean().optional(),
});
export type SigmaCorrelation = z.infer<typeof sigmaCorrelationSchema>;

/** A condition that is added to other rules. https://sigmahq.io/sigma-specification/specification/sigma-filters-specification.html */
const sigmaFilterSchema = z.looseObject({
  ...head,
  logsource,
  filter: z.looseObject({ rules: oneOrMany(text).optional(), condition }),
});
export type SigmaFilter = z.infer<typeof sigmaFilterSchema>;

const kinds = [
  ['correlation', sigmaCorrelationSchema],
  ['filter', sigmaFilterSchema],
  ['detection', sigmaRuleSchema],
] as const;

export type SigmaDocument =
  | { readonly kind: 'detection'; readonly value: SigmaRule }
  | { readonly kind: 'correlation'; readonly value: SigmaCorrelation }
  | { readonly kind: 'filter'; readonly value: SigmaFilter };

/** The YAML documents of one file as plain values; throws a Refusal where the file is not YAML. */
export const readYaml = (source: string): readonly unknown[] => {
  const documents = parseAllDocuments(source);
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Refusal(`is not YAML: ${error.message.split('\n')[0]}`);
    try {
      return document.toJS() as unknown;
    } catch (error) {
      throw new Refusal(`is not YAML: ${messageOf(error)}`);
    }
  });
};

/** One document as what it is; throws a Refusal that says what is wrong with it. */
export const parseSigmaDocument = (value: unknown): SigmaDocument => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal('is not a Sigma rule');
  if ('action' in value) throw new Refusal('"action" is of Sigma 1; write each rule out');
  const [kind, schema] = kinds.find(([key]) => Object.hasOwn(value, key)) ?? [];
  if (kind === undefined || schema === undefined) {
    throw new Refusal('has none of "detection", "correlation" and "filter"');
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const issues = result.error.issues.map(renderIssue).map(({ path, message }) => `${path}: ${message}`);
    throw new Refusal(issues.join('; '));
  }
  return { kind, value: result.data } as SigmaDocument;
};
