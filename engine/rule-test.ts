import * as z from 'zod';

/** A path in a fixture: like a field path, with indexes (`requestParameters.ipPermissions.items[0].fromPort`). */
const fixturePath = z
  .string()
  .regex(/^[^.\s[\]]+(?:\[\d{1,3}\])*(?:\.[^.\s[\]]+(?:\[\d{1,3}\])*)*$/, 'expected a path such as "a.b[0].c"');
const fixtureName = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected "<service>/<name>", a file of rules/fixtures/');

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
      z.strictObject({
        name: z.string().min(1),
        fixture: fixtureName.optional().describe('Another fixture, for this case only.'),
        with: z.record(fixturePath, z.unknown()).default({}).describe('Fields to set.'),
        without: z.array(fixturePath).default([]).describe('Fields to take away.'),
        matches: z.boolean(),
      }),
    )
    .min(1),
});
export type RuleTest = z.infer<typeof ruleTestSchema>;
export type RuleCase = RuleTest['cases'][number];

const stepsOf = (path: string): readonly (string | number)[] =>
  path.split('.').flatMap((part) => {
    const [key = '', ...indexes] = part.split('[');
    return [key, ...indexes.map((index) => Number(index.slice(0, -1)))];
  });

type Container = Record<string | number, unknown>;

/** The record of a case: a copy of its fixture with fields set and removed. Throws a TypeError where a path leads nowhere. */
export const recordOfCase = (fixture: unknown, { with: set, without }: Pick<RuleCase, 'with' | 'without'>): unknown => {
  const record = structuredClone(fixture) as Container;
  for (const [path, value] of Object.entries(set))
    change(record, path, (parent, key) => assign(parent, key, value), true);
  for (const path of without) {
    change(record, path, (parent, key) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    });
  }
  return record;
};

/** Defines instead of assigns, so that a case may speak of `__proto__` and set a field of that name. */
const assign = (parent: Container, key: string | number, value: unknown): void => {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
};

const change = (
  record: Container,
  path: string,
  apply: (parent: Container, key: string | number) => void,
  create = false,
): void => {
  const steps = stepsOf(path);
  let parent = record;
  for (const [index, step] of steps.slice(0, -1).entries()) {
    let child = Object.hasOwn(parent, step) ? parent[step] : undefined;
    if ((child === undefined || child === null) && create) {
      child = typeof steps[index + 1] === 'number' ? [] : {};
      assign(parent, step, child);
    }
    if (typeof child !== 'object' || child === null)
      throw new TypeError(`"${path}" leads nowhere in the fixture, at "${step}"`);
    parent = child as Container;
  }
  apply(parent, steps.at(-1) as string | number);
};
