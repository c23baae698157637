import * as z from 'zod';
import { techniques } from './attack.ts';
import { coverageSchema } from './coverage.ts';
import { frameworkSchema } from './framework.ts';
import { decorators, operators } from './operators.ts';
import { correlationRuleSchema, ruleSchema } from './rule.ts';
import { ruleTestSchema } from './rule-test.ts';
import { listSchema, sharedConditionSchema } from './shared-condition.ts';
import { suppressionsSchema } from './suppression.ts';

type JsonSchema = Record<string, unknown> & { properties?: Record<string, JsonSchema> };

/** Fields worth offering while a leaf is typed; any other path is fine too. */
const commonFields = [
  'userIdentity.type',
  'userIdentity.arn',
  'userIdentity.userName',
  'userIdentity.accountId',
  'userIdentity.accessKeyId',
  'userIdentity.invokedBy',
  'userIdentity.sessionContext.sessionIssuer.arn',
  'userIdentity.sessionContext.attributes.mfaAuthenticated',
  'eventSource',
  'eventName',
  'eventType',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'readOnly',
  'recipientAccountId',
  'requestParameters.userName',
  'requestParameters.roleName',
  'requestParameters.policyArn',
  'requestParameters.policyDocument.Statement',
  'requestParameters.bucketName',
  'requestParameters.groupId',
  'responseElements.ConsoleLogin',
  'additionalEventData.MFAUsed',
];

/** zod's refinements do not reach JSON Schema: a condition's "exactly one of" and the operators are said here again. */
const describeCondition = (schema: JsonSchema): void => {
  const { fact, operator, value } = schema.properties ?? {};
  if (fact === undefined || operator === undefined || value === undefined) return;
  schema.oneOf = [
    { required: ['all'] },
    { required: ['any'] },
    { required: ['not'] },
    { required: ['condition'] },
    { required: ['fact', 'operator', 'value'] },
  ];
  const prefixes = Object.keys(decorators).join('|');
  const names = Object.keys(operators);
  Object.assign(fact, { examples: commonFields });
  Object.assign(operator, {
    description: 'How the field is tested; a decorator such as "not:" may stand before it. See docs/operators.md.',
    anyOf: [
      { enum: names, enumDescriptions: Object.values(operators).map(({ says }) => says) },
      { pattern: `^(?:(?:${prefixes}):)+(?:${names.join('|')})$` },
    ],
  });
  Object.assign(value, { description: 'A constant, {"fact": "other.field"} or {"list": "name"}.' });
};

const describeAttack = (schema: JsonSchema): void => {
  const { attack } = schema.properties ?? {};
  const items = attack?.items as JsonSchema | undefined;
  if (items === undefined) return;
  items.enum = Object.keys(techniques);
  items.enumDescriptions = Object.values(techniques).map(({ name }) => name);
};

/** Keys that are there only for the reason why they are refused are not offered. */
const hideRefused = (schema: JsonSchema): void => {
  for (const [name, { not }] of Object.entries(schema.properties ?? {})) {
    if (not !== undefined) delete schema.properties?.[name];
  }
};

const toJsonSchema = (schema: z.ZodType, title: string): object => ({
  // Draft 7 is what editors complete best.
  ...z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      describeCondition(jsonSchema as JsonSchema);
      describeAttack(jsonSchema as JsonSchema);
      hideRefused(jsonSchema as JsonSchema);
    },
  }),
  title,
});

/** The JSON Schemas that files below `rules/` name in `$schema`, so that editors complete and explain every field. */
export const jsonSchemas = (): Readonly<Record<string, object>> => ({
  'rule.schema.json': toJsonSchema(z.union([ruleSchema, correlationRuleSchema]), 'Trailwire rule'),
  'rule-test.schema.json': toJsonSchema(ruleTestSchema, 'Cases of a Trailwire rule'),
  'condition.schema.json': toJsonSchema(sharedConditionSchema, 'Shared condition'),
  'list.schema.json': toJsonSchema(listSchema, 'List'),
  'coverage.schema.json': toJsonSchema(coverageSchema, 'Coverage'),
  'framework.schema.json': toJsonSchema(frameworkSchema, 'Framework'),
  'suppressions.schema.json': toJsonSchema(suppressionsSchema, 'Suppressions'),
});
