import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { functionAt } from './lambda-function.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Has the URL of a Lambda function, which the call opened to everybody, demand IAM's authentication. It is not deleted: its
 * address would be lost for good.
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionUrlConfig.html
 */
export const closeFunctionUrl: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Has the URL of a Lambda function that the call opened to everybody demand authentication',
  doesNotStop:
    'Principals with lambda:InvokeFunctionUrl still get in; who uses the URL on purpose without signing is turned away.',
  actions: {
    reads: ['lambda:GetFunctionUrlConfig'],
    calls: ['lambda:UpdateFunctionUrlConfig'],
    undoCalls: ['lambda:UpdateFunctionUrlConfig'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'lambda.amazonaws.com', 'CreateFunctionUrlConfig', 'UpdateFunctionUrlConfig');
    if ('refused' in place) return place;
    const named = functionAt(record, place);
    if ('refused' in named) return named;
    if (readText(record, 'requestParameters.authType') !== 'NONE') {
      return notApplicable('the call did not open the URL to everybody');
    }
    const { target, parameters } = named;
    const read: AwsRead = { action: 'lambda:GetFunctionUrlConfig', parameters };
    const update = (AuthType: 'AWS_IAM' | 'NONE'): AwsCall => ({
      action: 'lambda:UpdateFunctionUrlConfig',
      parameters: { ...parameters, AuthType },
    });
    return {
      target,
      reads: [read],
      needs: [{ read, aspect: 'authType', otherwise: `${target.name} has no URL any more` }],
      changes: () => [{ read, to: { authType: 'AWS_IAM' }, call: update('AWS_IAM'), undo: update('NONE') }],
    };
  },
};
