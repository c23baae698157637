import * as z from 'zod';
import { closest } from './closest.ts';
import { type Issue, issuesOfValue } from './leaf-value.ts';
import { fieldPathSchema, nameSchema } from './name-schema.ts';
import { decorators, operators, parseOperator } from './operators.ts';
import { renderIssue } from './schema-issue.ts';

/** Tests one field of the record; `value` is a constant, `{"fact": other field}` or `{"list": name}`. */
export type Leaf = { readonly fact: string; readonly operator: string; readonly value: unknown };

/** A node of a rule's logic: json-rules-engine's condition tree. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly condition: string }
  | Leaf;

const shapes = ['all', 'any', 'not', 'condition', 'fact'] as const;
const filled = 'an empty list would always match; remove it or fill it';

/*
 * One strict object with a check, not a union of shapes: a union tells the author only "invalid input",
 * this tells "conditions.all[0].operator: expected one of ...".
 */
const node = z.strictObject({
  get all(): z.ZodOptional<z.ZodArray<typeof node>> {
    return z.array(node).min(1, filled).optional();
  },
  get any(): z.ZodOptional<z.ZodArray<typeof node>> {
    return z.array(node).min(1, filled).optional();
  },
  get not(): z.ZodOptional<typeof node> {
    return node.optional();
  },
  condition: nameSchema.optional().describe('A shared condition: the name of a file in rules/conditions/.'),
  fact: fieldPathSchema.optional().describe('A field of the record, such as "userIdentity.arn"; steps through lists.'),
  operator: z.string().optional(),
  value: z.unknown().optional(),
});
type Node = z.infer<typeof node>;

const issuesOfNode = (value: Node, path: readonly PropertyKey[], isRoot: boolean): readonly Issue[] => {
  const used = shapes.filter((shape) => value[shape] !== undefined);
  const [shape] = used;
  if (shape === undefined || used.length > 1) {
    const found = used.length === 0 ? 'none' : used.map((key) => `"${key}"`).join(' and ');
    return [{ path, message: `expected exactly one of "all", "any", "not", "condition" or "fact", found ${found}` }];
  }
  if (shape === 'fact') {
    const message = 'expected "all", "any", "not" or "condition" at the top; wrap the leaf in {"all": [...]}';
    return [...(isRoot ? [{ path, message }] : []), ...issuesOfLeaf(value, path)];
  }
  const misplaced = (['operator', 'value'] as const).filter((key) => value[key] !== undefined);
  return [
    ...misplaced.map((key) => ({ path: [...path, key], message: `belongs beside "fact", not beside "${shape}"` })),
    ...(['all', 'any'] as const).flatMap((key) =>
      (value[key] ?? []).flatMap((child, index) => issuesOfNode(child, [...path, key, index], false)),
    ),
    ...(value.not === undefined ? [] : issuesOfNode(value.not, [...path, 'not'], false)),
  ];
};

const issuesOfLeaf = ({ operator: written, value }: Node, path: readonly PropertyKey[]): readonly Issue[] => {
  if (written === undefined) return [{ path, message: 'expected an "operator" beside "fact"' }];
  if (value === undefined) return [{ path, message: 'expected a "value" beside "fact" and "operator"' }];
  const operator = parseOperator(written);
  if (operator === undefined) return [{ path: [...path, 'operator'], message: unknownOperator(written) }];
  const valuePath = [...path, 'value'];
  const issues = issuesOfValue(value, operator, valuePath);
  return operator.value === 'condition' && issues.length === 0 ? issuesOfItemCondition(value, valuePath) : issues;
};

/** The condition that `anyItem` holds for an element is a tree of its own. */
const issuesOfItemCondition = (value: unknown, path: readonly PropertyKey[]): readonly Issue[] =>
  (tree.safeParse(value).error?.issues ?? []).map((issue) => ({
    path: [...path, ...issue.path],
    message: renderIssue(issue).message,
  }));

const unknownOperator = (written: string): string => {
  const names = Object.keys(operators);
  const near = closest(written, names);
  if (near !== undefined) return `"${written}" is not an operator; did you mean "${near}"?`;
  const prefixes = Object.keys(decorators).map((decorator) => `${decorator}:`);
  return `"${written}" is not an operator; expected one of ${names.join(', ')}, or one of these behind ${prefixes.join(', ')}`;
};

const tree = node.superRefine((value, context) => {
  for (const { path, message } of issuesOfNode(value, [], true)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** The condition tree of a rule, suppression or shared condition. Every issue names its path in the tree. */
export const conditionSchema = tree
  // The check above makes the object one of the union's shapes; zod's own type cannot say so.
  .transform((value) => value as unknown as Condition);

/** The conditions directly below a node, each with its path (`conditions.all[0].value`), that of an `anyItem` included. */
export const childrenOf = (
  condition: Condition,
  path: string,
): readonly { readonly node: Condition; readonly at: string }[] => {
  if ('all' in condition) return condition.all.map((child, index) => ({ node: child, at: `${path}.all[${index}]` }));
  if ('any' in condition) return condition.any.map((child, index) => ({ node: child, at: `${path}.any[${index}]` }));
  if ('not' in condition) return [{ node: condition.not, at: `${path}.not` }];
  if ('fact' in condition && parseOperator(condition.operator)?.value === 'condition') {
    return [{ node: condition.value as Condition, at: `${path}.value` }];
  }
  return [];
};

/** Calls `visit` with every node of a tree and its path. */
export const visitCondition = (
  condition: Condition,
  path: string,
  visit: (condition: Condition, path: string) => void,
): void => {
  visit(condition, path);
  for (const { node: child, at } of childrenOf(condition, path)) visitCondition(child, at, visit);
};
