import * as z from 'zod';
import { durationExpected, durationForm } from './duration.ts';

/** A path in a fixture: like a field path, with indexes (`requestParameters.ipPermissions.items[0].fromPort`). */
const fixturePath = z
  .string()
  .regex(/^[^.\s[\]]+(?:\[\d{1,3}\])*(?:\.[^.\s[\]]+(?:\[\d{1,3}\])*)*$/, 'expected a path such as "a.b[0].c"');
const fixtureName = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected "<service>/<name>", a file of rules/fixtures/');

const differences = {
  fixture: fixtureName.optional().describe('Another fixture, for this alone.'),
  with: z.record(fixturePath, z.unknown()).default({}).describe('Fields to set.'),
  without: z.array(fixturePath).default([]).describe('Fields to take away.'),
};

const step = z.strictObject({
  at: z
    .string()
    .regex(/^\+(?:0|[1-9]\d{0,4})[smhd]$/, 'expected a time after the beginning, such as "+0m", "+90s" or "+7d"')
    .describe('When, after the time of the fixture.'),
  ...differences,
  repeat: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('So many records; "{n}" in a value of "with" counts them from 1.'),
  every: z.string().regex(durationForm, durationExpected).default('1s').describe('The time between them.'),
});

/** The cases of a rule: a fixture and, for each case, what differs from it. `rules/<service>/<id>.test.json`. */
export const ruleTestSchema = z.strictObject({
  $schema: z.string().optional(),
  fixture: fixtureName.describe('The record that cases start from: a file of rules/fixtures/, without .json.'),
  lists: z
    .record(z.string(), z.array(z.union([z.string(), z.number()])))
    .default({})
    .describe('What lists of rules/lists/ hold during these cases.'),
  cases: z
    .array(
      z
        .strictObject({
          name: z.string().min(1),
          ...differences,
          matches: z.boolean().optional().describe('Whether the conditions hold for the one record.'),
          sequence: z.array(step).min(1).optional().describe('Records in the order in which they arrive.'),
          findings: z.int().min(0).optional().describe('How many findings the sequence makes.'),
          suppressed: z.literal(true).optional().describe('A suppression hides this attack, and is meant to.'),
        })
        .superRefine(({ matches, sequence, findings, suppressed, with: set, without }, context) => {
          const complain = (path: string, message: string) =>
            context.addIssue({ code: 'custom', path: [path], message });
          if (suppressed && !matches && !findings) complain('suppressed', 'belongs to a case that matches');
          if (sequence === undefined) {
            if (matches === undefined)
              complain('matches', 'expected true or false, or a "sequence" and its "findings"');
            if (findings !== undefined) complain('findings', 'belongs beside "sequence"');
            return;
          }
          if (findings === undefined) complain('findings', 'expected the number of findings of the sequence');
          if (matches !== undefined) complain('matches', 'belongs to a single record, not beside "sequence"');
          if (Object.keys(set).length + without.length > 0) {
            complain('sequence', 'has "with" and "without" in its steps, not beside it');
          }
        }),
    )
    .min(1),
});
export type RuleTest = z.infer<typeof ruleTestSchema>;
export type RuleCase = RuleTest['cases'][number];
export type RuleStep = z.infer<typeof step>;

const stepsOf = (path: string): readonly (string | number)[] =>
  path.split('.').flatMap((part) => {
    const [key = '', ...indexes] = part.split('[');
    return [key, ...indexes.map((index) => Number(index.slice(0, -1)))];
  });

type Container = Record<string | number, unknown>;

/**
 * The record of a case: a copy of its fixture with fields set and removed. Throws a TypeError where a path leads nowhere:
 * a removal that removes nothing, or a field inside a list, would make a case that tests something else.
 */
export const recordOfCase = (fixture: unknown, { with: set, without }: Pick<RuleStep, 'with' | 'without'>): unknown => {
  const record = structuredClone(fixture) as Container;
  for (const [path, value] of Object.entries(set)) {
    const { parent, key } = parentOf(record, path, true);
    assign(parent, key, structuredClone(value));
  }
  for (const path of without) {
    const { parent, key } = parentOf(record, path, false);
    if (!Object.hasOwn(parent, key)) throw leadsNowhere(path, key);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
  return record;
};

/** Defines instead of assigns, so that a case may speak of `__proto__` and set a field of that name. */
const assign = (parent: Container, key: string | number, value: unknown): void => {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
};

const leadsNowhere = (path: string, step: string | number): TypeError =>
  new TypeError(`"${path}" leads nowhere in the fixture, at "${step}"`);

type Step = string | number;

/** An index goes into a list, at most one beyond its end; a key goes into an object. */
const fits = (step: Step, container: Container): boolean =>
  Array.isArray(container) ? typeof step === 'number' && step <= container.length : typeof step === 'string';

/** The object or list that a path ends in; what is missing on the way is made where `create` says so. */
const parentOf = (
  container: Container,
  path: string,
  create: boolean,
  [step = '', ...rest]: readonly Step[] = stepsOf(path),
): { readonly parent: Container; readonly key: Step } => {
  if (!fits(step, container)) throw leadsNowhere(path, step);
  if (rest.length === 0) return { parent: container, key: step };
  let child = Object.hasOwn(container, step) ? container[step] : undefined;
  if (create && (child === undefined || child === null)) {
    child = typeof rest[0] === 'number' ? [] : {};
    assign(container, step, child);
  }
  if (typeof child !== 'object' || child === null) throw leadsNowhere(path, step);
  return parentOf(child as Container, path, create, rest);
};
