/** Reads by their name, but for those that `unusual` has. */
const readingNames = /^(?:batchget|describe|download|get|head|list|lookup|search)/i;

/** Where the name of a management event misleads about its field `readOnly`. https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html */
const unusual: Readonly<Record<string, { readonly reads?: RegExp; readonly writes?: RegExp }>> = {
  'bedrock.amazonaws.com': { reads: /^(?:invokemodel|converse)/i },
  'kms.amazonaws.com': {
    reads: /^(?:decrypt|encrypt|generatedatakey|generatemac|generaterandom|reencrypt|sign|verify)/i,
  },
  'signin.amazonaws.com': { writes: /^getsignintoken$/i },
  'sts.amazonaws.com': { reads: /^assumerole(?:with\w+)?$/i, writes: /^get(?:federation|session)token$/i },
};

/** Data events, and the type of resources that a trail must select for them to be recorded. */
const dataEvents: Readonly<Record<string, { readonly type: string; readonly names: RegExp }>> = {
  's3.amazonaws.com': { type: 'AWS::S3::Object', names: /^(?!.*bucket).*(?:object|multipart|uploadpart|listparts)/i },
  'lambda.amazonaws.com': { type: 'AWS::Lambda::Function', names: /^invoke/i },
  'dynamodb.amazonaws.com': { type: 'AWS::DynamoDB::Table', names: /items?$|^(?:query|scan)$|^execute/i },
};

/** What a trail must select for an event to be recorded. */
export type EventKind =
  | { readonly of: 'management'; readonly readOnly: boolean }
  | { readonly of: 'data'; readonly type: string };

/** Which kind an event is of, by its source and its name or the beginning of that. */
export const kindOfEvent = (source: string, name: string): EventKind => {
  const data = dataEvents[source];
  if (data?.names.test(name) === true) return { of: 'data', type: data.type };
  const { reads, writes } = unusual[source] ?? {};
  const readOnly = reads?.test(name) === true || (readingNames.test(name) && writes?.test(name) !== true);
  return { of: 'management', readOnly };
};
