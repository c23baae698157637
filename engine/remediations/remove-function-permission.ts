import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { isJsonObject, type JsonObject } from '../record.ts';
import { aspectOf } from '../state.ts';
import { callMade } from './call-made.ts';
import { functionAt } from './lambda-function.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Removes the statement that the call added to the policy of a Lambda function.
 * https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html
 */
export const removeFunctionPermission: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Removes the statement that the call added to the policy of a Lambda function',
  doesNotStop:
    'Calls of the function that run already end by themselves; what it gave away while it was open is out. Its URL, if it has one, is not looked at.',
  actions: { reads: ['lambda:GetPolicy'], calls: ['lambda:RemovePermission'], undoCalls: ['lambda:AddPermission'] },
  draft: ({ record }) => {
    const place = callMade(record, 'lambda.amazonaws.com', 'AddPermission');
    if ('refused' in place) return place;
    const named = functionAt(record, place);
    if ('refused' in named) return named;
    const { target, parameters } = named;
    const StatementId = readText(record, 'requestParameters.statementId') ?? '';
    if (!/^[\w-]{1,100}$/.test(StatementId)) return notApplicable('the record does not name the statement');
    const read: AwsRead = { action: 'lambda:GetPolicy', parameters };
    const statement = { ...parameters, StatementId };
    return {
      target,
      reads: [read],
      changes: (stateOf) => {
        const present = aspectOf(stateOf(read), StatementId);
        if (!isJsonObject(present)) return notApplicable(`${target.name} has no statement ${StatementId} any more`);
        const permission = permissionIn(present);
        const undo: AwsCall | { cannot: string } =
          permission === undefined
            ? { cannot: `the statement ${StatementId} was none that Lambda's AddPermission can write again` }
            : { action: 'lambda:AddPermission', parameters: { ...statement, ...permission } };
        return [
          {
            read,
            to: { [StatementId]: null },
            call: { action: 'lambda:RemovePermission', parameters: statement },
            undo,
          },
        ];
      },
    };
  },
};

type Permission = Omit<
  Extract<AwsCall, { action: 'lambda:AddPermission' }>['parameters'],
  'FunctionName' | 'Qualifier' | 'StatementId'
>;

/** The conditions that Lambda writes for the parameters of AddPermission. */
const conditions: Readonly<Record<string, keyof Permission>> = {
  'ArnLike AWS:SourceArn': 'SourceArn',
  'StringEquals AWS:SourceAccount': 'SourceAccount',
  'StringEquals aws:PrincipalOrgID': 'PrincipalOrgID',
  'StringEquals lambda:FunctionUrlAuthType': 'FunctionUrlAuthType',
};

/** The parameters that a statement was added with; `undefined` where it has something that no parameter says. */
const permissionIn = ({ Effect, Action, Principal, Condition = {} }: JsonObject): Permission | undefined => {
  const principal = isJsonObject(Principal) ? (Principal.Service ?? Principal.AWS) : Principal;
  if (Effect !== 'Allow' || typeof Action !== 'string' || typeof principal !== 'string') return undefined;
  const found = Object.entries(Condition as JsonObject).flatMap(([operator, keys]) =>
    Object.entries(isJsonObject(keys) ? keys : {}).map(
      ([key, value]) => [conditions[`${operator} ${key}`], value] as const,
    ),
  );
  if (found.some(([parameter, value]) => parameter === undefined || typeof value !== 'string')) return undefined;
  return { Action, Principal: principal, ...Object.fromEntries(found) };
};
