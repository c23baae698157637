import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;
export type Resource = {
  readonly id: string;
  readonly type: string;
  readonly condition?: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as many as its resources
  readonly properties: any;
};
export type Parameter = {
  readonly Default: string;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
};

const account = '111122223333';
const region = 'us-east-1';
const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
};

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const run = promisify(execFile);

const optionsFor = (folder: string) => ({ env: { PATH: process.env.PATH, HOME: folder } });

/** Runs `infra/build.ts` into a folder. */
export const buildInto = async (folder: string): Promise<void> => {
  await run(process.execPath, ['infra/build.ts', folder], optionsFor(folder));
};

/** Runs `osls package` on a build as a user without credentials or network would; writes into `package` in a folder. */
export const packageInto = async (
  folder: string,
  build: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const osls = join('node_modules', 'osls', 'bin', 'serverless.js');
  const values = Object.entries({ ...parameters, build }).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const target = [...values, '--package', join(folder, 'package')];
  await run(process.execPath, [osls, 'package', '--region', region, ...target], optionsFor(folder));
};

/** Reads the packaged template with references, parameters' defaults and names filled in, for account 111122223333. */
export const readStack = async (folder: string) => {
  const text = await readFile(join(folder, 'package', 'cloudformation-template-update-stack.json'), 'utf8');
  const template = JSON.parse(text);
  const parameters: Readonly<Record<string, Parameter>> = template.Parameters;

  const nameOf = (id: string): string => {
    const { Properties: properties = {} } = template.Resources[id] ?? {};
    const names = ['FunctionName', 'RoleName', 'QueueName', 'TopicName', 'TableName', 'Name', 'ArchiveName'];
    const name = names.map((key) => properties[key]).find((value) => value !== undefined);
    return name === undefined ? id : String(resolve(name));
  };
  const arnOf = (id: string): string => {
    const { Type: type, Properties: properties } = template.Resources[id] ?? {};
    const name = nameOf(id);
    const bus = properties?.EventBusName === undefined ? '' : `${properties.EventBusName}/`;
    const places: Readonly<Record<string, string>> = {
      'AWS::DynamoDB::Table': `dynamodb:${region}:${account}:table/${name}`,
      'AWS::Events::EventBus': `events:${region}:${account}:event-bus/${name}`,
      'AWS::Events::Rule': `events:${region}:${account}:rule/${bus}${name}`,
      'AWS::IAM::Role': `iam::${account}:role/${name}`,
      'AWS::Lambda::Function': `lambda:${region}:${account}:function:${name}`,
      'AWS::SNS::Topic': `sns:${region}:${account}:${name}`,
      'AWS::SQS::Queue': `sqs:${region}:${account}:${name}`,
    };
    const place = places[type];
    if (place === undefined) throw new TypeError(`no ARN for ${id} of type ${type}`);
    return `arn:aws:${place}`;
  };
  const refer = (name: string): string => {
    if (pseudo[name] !== undefined) return pseudo[name];
    if (parameters[name] !== undefined) return String(parameters[name].Default);
    return template.Resources[name]?.Type === 'AWS::SNS::Topic' ? arnOf(name) : nameOf(name);
  };
  const attribute = (id: string, name: string): string => (name === 'Arn' ? arnOf(id) : nameOf(id));
  const substitute = (source: string): string =>
    source.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      const [id = '', part] = name.split('.');
      return part === undefined ? refer(id) : attribute(id, part);
    });
  const holds = (condition: Json): boolean => {
    const [[key = '', content] = []] = Object.entries(condition as JsonObject);
    if (key === 'Condition') return holds(template.Conditions[String(content)]);
    const parts = content as readonly Json[];
    if (key === 'Fn::Equals') return resolve(parts[0]) === resolve(parts[1]);
    if (key === 'Fn::Not') return !holds(parts[0]);
    if (key === 'Fn::And') return parts.every(holds);
    if (key === 'Fn::Or') return parts.some(holds);
    throw new TypeError(`${key} is not known here`);
  };
  const resolve = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(resolve);
    if (!isObject(value)) return value;
    const [[key = '', content] = []] = Object.entries(value);
    if (key === 'Ref') return refer(String(content));
    if (key === 'Fn::GetAtt') return attribute(...(content as [string, string]));
    if (key === 'Fn::Sub') return substitute(String(content));
    if (key === 'Fn::Join') {
      const [separator, parts] = content as [string, readonly Json[]];
      return parts.map(resolve).join(separator);
    }
    if (key === 'Fn::If') {
      const [condition, then, otherwise] = content as [string, Json, Json];
      return resolve(holds(template.Conditions[condition]) ? then : otherwise);
    }
    if (key.startsWith('Fn::')) throw new TypeError(`${key} is not known here`);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]));
  };

  const resources: readonly Resource[] = Object.entries<JsonObject>(template.Resources).map(([id, resource]) => ({
    id,
    type: String(resource.Type),
    ...(resource.Condition === undefined ? {} : { condition: String(resource.Condition) }),
    properties: resolve(resource.Properties ?? {}),
  }));
  return {
    parameters,
    resources,
    arnOf,
    ofType: (type: string): readonly Resource[] => resources.filter((resource) => resource.type === type),
    the: (id: string): Resource => {
      const found = resources.find((resource) => resource.id === id);
      if (found === undefined) throw new TypeError(`the stack has no ${id}`);
      return found;
    },
  };
};
export type Stack = Awaited<ReturnType<typeof readStack>>;
