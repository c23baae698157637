type Json = unknown;

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Matches an event as EventBridge's engine does, for the operators that subscriptions use; any other is an error.
 * Fields below one list must come from the same element; `exists` is about leaves.
 * https://github.com/aws/event-ruler#readme
 */
export const matchesPattern = (pattern: Json, event: Json): boolean => {
  if (!isObject(pattern)) throw new TypeError(`not a pattern: ${JSON.stringify(pattern)}`);
  if (Array.isArray(event)) return event.some((element) => matchesPattern(pattern, element));
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') return (expected as Json[]).some((alternative) => matchesPattern(alternative, event));
    const value = isObject(event) && Object.hasOwn(event, field) ? event[field] : undefined;
    return Array.isArray(expected) ? matchesLeaf(expected, leavesOf(value)) : matchesPattern(expected, value);
  });
};

const leavesOf = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
};

const matchesLeaf = (matchers: readonly Json[], leaves: readonly Json[]): boolean =>
  matchers.some((matcher) => {
    if (!isObject(matcher)) return leaves.includes(matcher);
    const [[operator, operand] = [], ...more] = Object.entries(matcher);
    if (more.length > 0) throw new TypeError(`a matcher has one operator: ${JSON.stringify(matcher)}`);
    if (operator === 'exists') return leaves.length > 0 === operand;
    return leaves.some((leaf) => typeof leaf === 'string' && matchesText(operator, operand, leaf));
  });

const matchesText = (operator: string | undefined, operand: Json, text: string): boolean => {
  if (isObject(operand)) {
    return matchesText(operator, String(operand['equals-ignore-case']).toLowerCase(), text.toLowerCase());
  }
  if (typeof operand !== 'string') throw new TypeError(`${operator} takes text, not ${JSON.stringify(operand)}`);
  if (operator === 'prefix') return text.startsWith(operand);
  if (operator === 'equals-ignore-case') return text.toLowerCase() === operand.toLowerCase();
  throw new TypeError(`unknown operator ${operator}`);
};
