import { closest } from './closest.ts';
import { type Condition, childrenOf, type Leaf } from './condition.ts';
import { namedEvents, outcomeOn } from './event-outcome.ts';
import { isFieldReference } from './leaf-value.ts';
import { parseOperator } from './operators.ts';
import { isJsonObject } from './record.ts';
import { fieldValues, identityFields, recordFields, successions } from './record-fields.ts';
import type { Complaint } from './rule-references.ts';

/** A parameter of a request: whether it holds one value, and which ones where the service takes few. */
export type Parameter = { readonly name: string; readonly isSingle: boolean; readonly values?: readonly string[] };

/** Knows the parameters of requests, of services that are recorded by them; `undefined` for all others. */
export type RequestCatalog = {
  readonly parametersOf: (source: string, name: string) => readonly Parameter[] | undefined;
};

/** Events as a rule names them; `undefined` is every event. */
type Events = Readonly<Record<string, '*' | readonly string[]>> | undefined;

/** Leaves that no record can satisfy, or that every record does: fields that are not there, values that cannot occur. */
export const findDeadLeaves = (
  tree: Condition,
  path: string,
  events: Events,
  requests: RequestCatalog,
): readonly Complaint[] => {
  if (!('fact' in tree)) {
    return childrenOf(tree, path).flatMap(({ node, at }) => findDeadLeaves(node, at, events, requests));
  }
  return [
    ...unknownField(tree.fact, `${path}.fact`),
    ...(isFieldReference(tree.value) ? unknownField(tree.value.fact, `${path}.value.fact`) : []),
    ...unknownParameter(tree, path, events, requests),
    ...impossibleValue(tree, path, events, requests),
    ...arnAsName(tree, path),
    ...supersededName(tree, path),
    ...fieldAsText(tree, path),
    ...decidedByEvents(tree, path, events),
  ];
};

/** Whether a shared condition is about records, and not about the items of a list. */
export const isAboutRecords = (tree: Condition): boolean =>
  'fact' in tree
    ? recordFields.has(tree.fact.split('.')[0] ?? '')
    : childrenOf(tree, '').some(({ node }) => isAboutRecords(node));

/** The parameter of each event that a path below `requestParameters` leads to; `undefined` where one is not known. */
export const parametersAt = (
  fact: string,
  events: Events,
  requests: RequestCatalog,
): { readonly found: readonly Parameter[]; readonly all: readonly Parameter[] } | undefined => {
  const [root, name, ...deeper] = fact.split('.');
  if (root !== 'requestParameters' || name === undefined || events === undefined) return undefined;
  const all: Parameter[] = [];
  for (const event of namedEvents(events)) {
    const parameters = event.name === undefined ? undefined : requests.parametersOf(event.source, event.name);
    if (parameters === undefined) return undefined;
    all.push(...parameters);
  }
  // How services write abbreviations differs: "dBInstanceIdentifier", but "samlProviderArn".
  const found = all.filter((each) => each.name.toLowerCase() === name.toLowerCase());
  return { found: deeper.length === 0 ? found : found.map(({ name: own }) => ({ name: own, isSingle: false })), all };
};

const hint = (word: string, candidates: Iterable<string>): string => {
  const near = closest(word, candidates);
  return near === undefined ? '' : `; did you mean "${near}"?`;
};

const unknownField = (fact: string, path: string): readonly Complaint[] => {
  const [root = '', name] = fact.split('.');
  if (!recordFields.has(root)) return [{ path, message: `no record has a field "${root}"${hint(root, recordFields)}` }];
  if (root !== 'userIdentity' || name === undefined || identityFields.has(name)) return [];
  return [{ path, message: `no record has a field "userIdentity.${name}"${hint(name, identityFields)}` }];
};

/** CloudTrail writes these in place of a request that is too large. */
const ofOmission = new Set(['omitted', 'originalSize', 'reason']);

const unknownParameter = (
  { fact }: Leaf,
  path: string,
  events: Events,
  requests: RequestCatalog,
): readonly Complaint[] => {
  const parameters = parametersAt(fact, events, requests);
  const name = fact.split('.')[1] ?? '';
  if (parameters === undefined || parameters.found.length > 0 || ofOmission.has(name)) return [];
  const names = namedEvents(events ?? {}).map((event) => event.name);
  return [
    {
      path: `${path}.fact`,
      message: `no request of ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} has a parameter "${name}"${hint(name, new Set(parameters.all.map((each) => each.name)))}`,
    },
  ];
};

const comparesWhole: readonly string[] = [
  'equal',
  'notEqual',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'equalsIgnoreCase',
];

const constantsOf = ({ operator, value }: Leaf): readonly unknown[] =>
  comparesWhole.includes(parseOperator(operator)?.name ?? '') && !isJsonObject(value) ? [value].flat() : [];

const impossibleValue = (leaf: Leaf, path: string, events: Events, requests: RequestCatalog): readonly Complaint[] => {
  const anyCase = leaf.operator.endsWith('equalsIgnoreCase');
  const constants = constantsOf(leaf);
  if (leaf.fact === 'errorCode' && constants.some((value) => /^(?:success|ok|none|)$/i.test(String(value)))) {
    return [
      { path: `${path}.value`, message: 'cannot occur: only a call that failed has an errorCode; ask with "exists"' },
    ];
  }
  const possible = Object.hasOwn(fieldValues, leaf.fact) ? fieldValues[leaf.fact] : enumOf(leaf.fact, events, requests);
  if (possible === undefined) return [];
  const isPossible = (value: unknown): boolean =>
    possible.some((each) => each === value || (anyCase && each.toLowerCase() === String(value).toLowerCase()));
  return (
    constants
      // Who asks for the text and for the value without quotes is careful, not wrong.
      .filter((value) => !isPossible(value) && !(typeof value !== 'string' && constants.includes(String(value))))
      .map((value) => {
        const text = possible.includes(String(value)) ? `as text, "${value}"` : possible.join(', ');
        return { path: `${path}.value`, message: `${JSON.stringify(value)} cannot occur; there is ${text}` };
      })
  );
};

const enumOf = (fact: string, events: Events, requests: RequestCatalog): readonly string[] | undefined => {
  const found = parametersAt(fact, events, requests)?.found ?? [];
  if (found.length === 0 || found.some(({ values }) => values === undefined)) return undefined;
  return [...new Set(found.flatMap(({ values = [] }) => values))];
};

const isArn = (path: string): boolean => /(?:^|\.)arn$/i.test(path) || /Arn$/.test(path);
const isName = (path: string): boolean => /(?:^|\.)(?:user|role|group|policy|instanceProfile|function)Name$/.test(path);

/** "userIdentity.arn" is never what a request calls "userName". */
const arnAsName = (leaf: Leaf, path: string): readonly Complaint[] => {
  const { fact, value } = leaf;
  if (isFieldReference(value)) {
    const meet = (isArn(fact) && isName(value.fact)) || (isName(fact) && isArn(value.fact));
    if (!meet || !comparesWhole.includes(parseOperator(leaf.operator)?.name ?? '')) return [];
    return [{ path, message: `compares an ARN with a name, which are never equal: "${fact}" and "${value.fact}"` }];
  }
  // Of requests only the caller knows which form is in them.
  if (!fact.startsWith('userIdentity.')) return [];
  const texts = constantsOf(leaf).filter((text) => typeof text === 'string');
  const wrong = isArn(fact)
    ? texts.find((text) => !text.startsWith('arn:'))
    : isName(fact)
      ? texts.find((text) => text.startsWith('arn:'))
      : undefined;
  if (wrong === undefined) return [];
  const says = isArn(fact) ? 'an ARN, and this is none' : 'a name, and this is an ARN';
  return [{ path: `${path}.value`, message: `${JSON.stringify(wrong)} cannot occur: the field holds ${says}` }];
};

const supersededName = (leaf: Leaf, path: string): readonly Complaint[] => {
  const named = constantsOf(leaf).map((value) => String(value).replace(/^.*\//, ''));
  return successions.flatMap((names) => {
    const missed = names.filter((name) => !named.includes(name));
    if (missed.length === 0 || missed.length === names.length) return [];
    return [{ path: `${path}.value`, message: `misses ${missed.join(', ')}; ask for the beginning of the name` }];
  });
};

/** Who writes the name of a field as a value means the field. */
const fieldAsText = ({ value }: Leaf, path: string): readonly Complaint[] => {
  const texts = isJsonObject(value) ? [] : [value].flat().filter((text) => typeof text === 'string');
  const field = texts
    .map((text) =>
      /(?:requestParameters|responseElements|userIdentity)(?:\\?\.\w+)+/.exec(text)?.[0].replaceAll('\\', ''),
    )
    .find((text) => text !== undefined);
  if (field === undefined) return [];
  return [
    { path: `${path}.value`, message: `is the text "${field}", not the field; compare with {"fact": "${field}"}` },
  ];
};

const decidedByEvents = (leaf: Leaf, path: string, events: Events): readonly Complaint[] => {
  if (events === undefined || !['eventSource', 'eventName'].includes(leaf.fact)) return [];
  const outcomes = new Set(namedEvents(events).map((event) => outcomeOn(leaf, event)));
  const [only] = outcomes;
  if (outcomes.size !== 1 || only === undefined) return [];
  return [{ path, message: `${only ? 'always' : 'never'} holds for the rule's "events"` }];
};
