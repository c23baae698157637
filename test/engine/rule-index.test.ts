import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConditionCompiler } from '../../engine/compile.ts';
import type { Condition } from '../../engine/condition.ts';
import type { JsonObject } from '../../engine/record.ts';
import type { References } from '../../engine/reference.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { createTrees, lists, scalars } from './arbitraries.ts';
import { seed, seeded } from './seed.ts';

describe('the index', () => {
  const sources = ['iam.amazonaws.com', 'ec2.amazonaws.com', 'signin.amazonaws.com'];
  const eventNames = ['CreateUser', 'CreateRole', 'createUser', 'DeleteUser', 'Create', 'ConsoleLogin', 'create_user'];
  const types = ['Root', 'IAMUser', 'AssumedRole', 'root', 'Root,IAMUser'];

  const pinned = fc.dictionary(
    fc.constantFrom(...sources),
    fc.oneof(
      fc.constant('*' as const),
      fc.array(fc.constantFrom(...eventNames, 'Create*', 'create*', 'C*', 'CreateUser*'), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    { minKeys: 1, maxKeys: 2 },
  );

  const guardFields = fc.oneof(
    { weight: 4, arbitrary: fc.constant('userIdentity.type') },
    { weight: 1, arbitrary: fc.constantFrom('type', 'items.type', 'eventName') },
  );
  const guardValues = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...types) },
    { weight: 1, arbitrary: fc.constantFrom(...eventNames, 22, true) },
  );
  const guardLists = fc.oneof(
    { weight: 3, arbitrary: fc.array(guardValues, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom({ list: 'types' }, { list: 'empty' }) },
  );
  /** Leaves from which a guard may be made, and some that only look like it. */
  const guardLeaf: Arbitrary<Condition> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ fact: guardFields, operator: fc.constant('equal'), value: guardValues }) },
    { weight: 4, arbitrary: fc.record({ fact: guardFields, operator: fc.constant('in'), value: guardLists }) },
    {
      weight: 1,
      arbitrary: fc.record({
        fact: guardFields,
        operator: fc.constantFrom('notEqual', 'contains', 'everyFact:equal', 'not:equal'),
        value: guardValues,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        fact: guardFields,
        operator: fc.constantFrom('everyFact:in', 'notIn'),
        value: guardLists,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        fact: guardFields,
        operator: fc.constantFrom('equal', 'in'),
        value: fc.record({ fact: guardFields }),
      }),
    },
  );
  const guardTree = (depth: number): Arbitrary<Condition> => {
    const deeper = depth === 0 ? [] : [{ weight: 1, arbitrary: guardTree(depth - 1) }];
    const node = fc.oneof({ weight: 2, arbitrary: guardLeaf }, ...deeper);
    const some = fc.array(node, { minLength: 1, maxLength: 3 });
    return fc.oneof(
      { weight: 3, arbitrary: some.map((all) => ({ all })) },
      { weight: 3, arbitrary: some.map((any) => ({ any })) },
      { weight: 1, arbitrary: node.map((not) => ({ not })) },
      { weight: 1, arbitrary: fc.constant({ condition: 'by-root' }) },
    );
  };
  const references: References = {
    lists: new Map([...lists, ['types', ['Root', 'AssumedRole']]]),
    conditions: new Map([['by-root', { any: [{ fact: 'userIdentity.type', operator: 'equal', value: 'Root' }] }]]),
  };

  const someFields = fc.record({ path: guardFields, near: guardValues });
  const rules: Arbitrary<readonly Rule[]> = fc
    .array(
      fc.tuple(
        fc.option(pinned, { nil: undefined }),
        fc.oneof(
          { weight: 4, arbitrary: guardTree(2) },
          { weight: 1, arbitrary: createTrees(someFields, ['by-root'])(1) },
        ),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((all) =>
      all.map(([events, conditions], index) =>
        ruleSchema.parse({ id: `rule-${index}`, conditions, ...(events === undefined ? {} : { events }) }),
      ),
    );

  const someType = fc.oneof(fc.constantFrom<unknown>(...types, 22, true, null, {}, []), scalars);
  const typeField = fc.oneof(
    { weight: 4, arbitrary: someType },
    { weight: 2, arbitrary: fc.array(someType, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(someType, { maxLength: 3 }).map((inner) => [inner, inner]) },
  );
  const holder = fc.record({ type: typeField }, { requiredKeys: [] });
  const eventRecords = fc.record(
    {
      eventSource: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...sources) },
        fc.constantFrom<unknown>('constructor', '__proto__', '', 5, null, ['iam.amazonaws.com']),
      ),
      eventName: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...eventNames, 'CREATEUSER', 'CreateUserTag') },
        fc.constantFrom<unknown>('*', '', 5, null, ['CreateUser']),
      ),
      userIdentity: fc.oneof(
        holder,
        holder.map((value) => JSON.stringify(value)),
        fc.constant(null),
      ),
      type: typeField,
      items: fc.oneof(fc.array(holder, { maxLength: 3 }), holder),
    },
    { requiredKeys: ['eventSource', 'eventName'] },
  );

  /** Read off the description of `events`, not off the code. */
  const covers = (events: Rule['events'], { eventSource, eventName }: Record<string, unknown>): boolean => {
    if (events === undefined) return true;
    if (typeof eventSource !== 'string' || typeof eventName !== 'string') return false;
    const expected = Object.entries(events).find(([source]) => source === eventSource)?.[1] ?? [];
    return [expected].flat().some((name) => {
      const pattern = name.replaceAll('*', '.*');
      return new RegExp(`^${pattern}$`, 'is').test(eventName);
    });
  };

  type Find = (rules: readonly Rule[], record: JsonObject) => readonly string[];

  const throughIndex: Find = (all, record) => {
    const found: string[] = [];
    compileRules(all, references).forEachCandidate(record, ({ rule, matches }) => {
      if (matches(record)) found.push(rule.id);
    });
    return found;
  };

  let looked = 0;
  let matched = 0;
  const losesNothing = (find: Find) =>
    fc.property(rules, fc.array(eventRecords, { minLength: 8, maxLength: 8 }), (all, batch) => {
      const compile = createConditionCompiler(references);
      for (const record of batch as JsonObject[]) {
        const expected = all.filter(({ events, conditions }) => covers(events, record) && compile(conditions)(record));
        looked++;
        matched += expected.length;
        expect(find(all, record).toSorted(), JSON.stringify(record)).toEqual(expected.map(({ id }) => id));
      }
    });

  it('finds exactly the rules whose events cover the record and whose tree holds, each once', () => {
    fc.assert(losesNothing(throughIndex), { ...seeded, numRuns: 3000 });
    expect(looked).toBe(24_000);
    expect(matched).toBeGreaterThan(10_000);
  }, 60_000);

  it('keeps that up over one life, whatever it has seen before', () => {
    fc.assert(
      fc.property(rules, fc.array(eventRecords, { minLength: 20, maxLength: 20 }), (all, batch) => {
        const { forEachCandidate } = compileRules(all, references);
        const candidates = (record: JsonObject): readonly string[] => {
          const found: string[] = [];
          forEachCandidate(record, ({ rule }) => found.push(rule.id));
          return found;
        };
        const first = (batch as JsonObject[]).map(candidates);
        expect((batch as JsonObject[]).map(candidates)).toEqual(first);
        for (const found of first) expect(new Set(found).size).toBe(found.length);
      }),
      { ...seeded, numRuns: 300 },
    );
  });

  it('still finds rules when it has met more event names than AWS has', () => {
    const rule = ruleSchema.parse({
      id: 'any-name',
      events: { 'iam.amazonaws.com': ['Invented*'] },
      conditions: { all: [{ fact: 'hit', operator: 'equal', value: true }] },
    });
    const { forEachCandidate } = compileRules([rule], references);
    let found = 0;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 30_000; i++) {
        const record = { eventSource: 'iam.amazonaws.com', eventName: `${i % 2 === 0 ? 'Invented' : 'Other'}${i}` };
        forEachCandidate(record, () => found++);
      }
    }
    expect(found).toBe(30_000);
  });

  it.each([
    ['loses a rule', (found: readonly string[]) => found.slice(1)],
    ['visits a rule twice', (found: readonly string[]) => [...found, ...found.slice(0, 1)]],
  ])('would be found out if it %s', (_, fault) => {
    const faulty = losesNothing((all, record) => fault(throughIndex(all, record)));
    expect(fc.check(faulty, { seed, numRuns: 500 }).failed).toBe(true);
  });
});
