import { readText } from '../field.ts';
import type { Refusal, Target } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import type { Place } from './call-made.ts';
import { notApplicable } from './remediation.ts';

/** The function, and the alias or version of it, that a request names in any of the ways that Lambda takes. */
export const functionAt = (
  record: CloudTrailRecord,
  { account, partition, region }: Place,
): { readonly target: Target; readonly parameters: { FunctionName: string; Qualifier?: string } } | Refusal => {
  const prefix = `arn:${partition}:lambda:${region}:${account}:function:`;
  const text = readText(record, 'requestParameters.functionName') ?? '';
  const shortened = [prefix, `${account}:function:`, `function:`].find((each) => text.startsWith(each)) ?? '';
  const [name = '', qualifierOfName, ...rest] = text.slice(shortened.length).split(':');
  const Qualifier = readText(record, 'requestParameters.qualifier') ?? qualifierOfName;
  if (!/^[\w-]{1,64}$/.test(name) || rest.length > 0 || !/^[\w$-]{1,128}$/.test(Qualifier ?? '$LATEST')) {
    return notApplicable('the record does not name a function of this account and region');
  }
  return {
    target: { type: 'function', account, arn: `${prefix}${name}`, name },
    parameters: { FunctionName: name, ...(Qualifier === undefined ? {} : { Qualifier }) },
  };
};
