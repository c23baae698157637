import { isFieldReference } from './leaf-value.ts';
import { markdownTable } from './markdown.ts';
import {
  comparisonExamples,
  decoratorExamples,
  type OperatorExample,
  operatorExamples,
  pathExamples,
  stockDifferences,
} from './operator-examples.ts';
import {
  type DecoratorName,
  decorators,
  type Operator,
  type OperatorName,
  operators,
  type ValueKind,
} from './operators.ts';

const valueForms: Record<ValueKind, string> = {
  scalar: 'a text, a number, `true` or `false`',
  scalars: 'a list of texts, numbers, `true` or `false`',
  number: 'a number',
  text: 'a text, or a list of texts of which any will do',
  address: 'an IP address or range, or a list of them',
  pattern: 'an [RE2 expression](https://github.com/google/re2/wiki/Syntax) as text',
  boolean: '`true` or `false`',
  condition: 'a condition: `{"all": [...]}`, `{"any": [...]}`, `{"not": ...}` or `{"condition": name}`',
};

const takesList = (kind: ValueKind): boolean => ['scalars', 'text', 'address'].includes(kind);

const code = (value: unknown): string => {
  if (value === undefined) return '(missing)';
  return `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
};
const says = (holds: boolean): string => (holds ? 'holds' : 'does not hold');
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
const prose = (text = ''): string => text.replaceAll('*', '\\*').replaceAll('|', '\\|');

const exampleRow = ({ field, value, holds, note }: OperatorExample): string[] => [
  code(field),
  code(value),
  says(holds),
  prose(note),
];

const operatorEntries = Object.entries(operators) as [OperatorName, Operator][];
const decoratorNames = Object.keys(decorators) as DecoratorName[];

const summary = markdownTable(
  ['operator', 'the field ...', 'value', '`{"list": name}`', '`{"fact": other field}`'],
  operatorEntries.map(([name, { says: meaning, value, comparesFields }]) => [
    `[\`${name}\`](#${name.toLowerCase()})`,
    prose(meaning),
    valueForms[value],
    takesList(value) ? 'yes' : 'no',
    comparesFields ? 'yes' : 'no',
  ]),
);

const operatorSection = ([name, { says: meaning, value }]: [OperatorName, Operator]): string =>
  `### \`${name}\`

Holds when the field ${prose(meaning)}: ${valueForms[value]}.

${markdownTable(['field', 'value', 'result', 'note'], operatorExamples[name].map(exampleRow))}`;

const decoratorSection = (name: DecoratorName): string =>
  `### \`${name}:\`

${sentence(prose(decorators[name].says))}

${markdownTable(
  ['operator', 'field', 'value', 'result', 'note'],
  decoratorExamples[name].map((example) => [`\`${example.operator}\``, ...exampleRow(example)]),
)}`;

/** The reference of the rule language's operators as Markdown, made from the tables of examples that the tests run. */
export const renderOperatorDocs = (): string => `# Fields and operators

<!-- Made by infra/make-docs.ts from engine/operators.ts and engine/operator-examples.ts; a test runs every row. -->

A leaf of a rule's conditions tests one field of the record:

\`\`\`json
{ "fact": "userIdentity.type", "operator": "equal", "value": "Root" }
\`\`\`

The names are [json-rules-engine](https://github.com/CacheControl/json-rules-engine)'s where it has the operator, and
[EventBridge](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html)'s otherwise.
Leaves are joined by \`{"all": [...]}\`, \`{"any": [...]}\` and \`{"not": ...}\`; \`{"condition": "succeeded"}\` stands for
the tree in \`rules/conditions/succeeded.json\`.

## Fields

A field is a path of names joined by dots. It steps through lists, and through JSON that is carried in a text, plain or
percent-encoded, as policy documents are. It has no indexes and reads only what the record itself has.

${markdownTable(
  ['path', 'record', 'finds', 'note'],
  pathExamples.map(({ path, record, found, note }) => [`\`${path}\``, code(record), code(found), prose(note)]),
)}

**A missing field** satisfies no operator but \`exists\` with \`false\` and those that negate: \`notEqual\`, \`notIn\`,
\`doesNotContain\` and whatever begins with \`not:\`. \`null\`, \`{}\` and \`[]\` count as missing; an empty text, \`0\` and
\`false\` do not. To ask for a field that is there and has another value, join two leaves: \`exists\` and \`notEqual\`.

**A list** satisfies an operator when any of its elements does. Operators that negate are the exact negation of the one they
negate, so \`notEqual\` on a list says that no element is the value. Two leaves may be satisfied by different elements:
where one item must satisfy both, use \`anyItem\`.

**Types count**: \`"22"\` is not \`22\`. Only the four that compare numbers take a text that reads as a number for one.

## Values

${summary}

\`{"list": "office-networks"}\` stands for the values in \`rules/lists/office-networks.json\`; behind \`someValue:\` and
\`everyValue:\` every operator but \`anyItem\` may take one. \`{"fact": "other.field"}\` compares two fields of the record (behind \`anyItem\`,
of the item). Patterns, ranges and trees are constants: whoever makes the call writes the record, and must not write those.

${markdownTable(
  ['operator', 'field', 'other field', 'result', 'note'],
  comparisonExamples.map(({ record, operator, holds, note }) => [
    `\`${operator}\``,
    code(record.field),
    code(record.other),
    says(holds),
    prose(note),
  ]),
)}

## Operators

${operatorEntries.map(operatorSection).join('\n\n')}

## Decorators

Written before an operator, with a colon: \`not:prefix\`, \`everyFact:cidr\`, \`not:everyFact:prefix\`. They are
json-rules-engine's, without its \`swap\`. In the examples \`empty-list\` is a list without values.

${decoratorNames.map(decoratorSection).join('\n\n')}

## Where json-rules-engine's own operators differ

On single values and constants they say the same. json-rules-engine has no notion of fields that are lists in one record and
single values in the next, as CloudTrail's are; there Trailwire decides as above.

${markdownTable(
  ['operator', 'field', 'value', 'json-rules-engine', 'Trailwire', 'because'],
  stockDifferences.map(({ operator, record, value, stock, holds, why }) => [
    `\`${operator}\``,
    code(record.field),
    isFieldReference(value) ? `other field: ${code(record.other)}` : code(value),
    stock === 'throws' ? 'throws' : says(stock),
    says(holds),
    prose(why),
  ]),
)}
`;
