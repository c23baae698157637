import { readField, readText } from '../field.ts';
import { aspectOf } from '../state.ts';
import { callMade, type Place } from './call-made.ts';
import { namedPrincipal } from './named-principal.ts';
import { documentIn, isStatement, listOf, type Statement, statementsOf } from './policy-document.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/** A trust policy cannot be empty: this one lets nobody in. */
const trustsNobody: Statement = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };

/**
 * Removes from the trust policy of a role the principals of unknown accounts that the call let in.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
 */
export const removeTrustedPrincipal: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Removes from a trust policy the principals of unknown accounts that the call let in',
  doesNotStop:
    'Sessions that were started already live on until they expire (revoke them too); identity providers and services in the trust policy are not looked at.',
  actions: { reads: ['iam:GetRole'], calls: ['iam:UpdateAssumeRolePolicy'], undoCalls: ['iam:UpdateAssumeRolePolicy'] },
  draft: ({ record, knownAccounts }) => {
    const place = callMade(record, 'iam.amazonaws.com', 'UpdateAssumeRolePolicy', 'CreateRole');
    if ('refused' in place) return place;
    const role = namedPrincipal('role', readText(record, 'requestParameters.roleName'), place);
    if ('refused' in role) return role;
    const field = readText(record, 'eventName') === 'CreateRole' ? 'assumeRolePolicyDocument' : 'policyDocument';
    const written = statementsOf(readField(record, ['requestParameters', field]));
    const added = new Set(
      written
        .flatMap(principalsOf)
        .filter((principal) => isForeign(principal, place, knownAccounts))
        .map(accountOrText),
    );
    if (added.size === 0) return notApplicable('the call let no principal of an unknown account in');
    return {
      ...role,
      reads: [role.arnFrom],
      changes: (stateOf) => {
        const text = aspectOf(stateOf(role.arnFrom), 'trust');
        const document = documentIn(text);
        if (typeof text !== 'string' || document === undefined)
          return notApplicable(`there is no role ${role.name} any more`);
        const kept = statementsOf(document).flatMap((statement) => withoutPrincipals(statement, added));
        const trust = JSON.stringify({ ...document, Statement: kept.length === 0 ? [trustsNobody] : kept });
        const write = (PolicyDocument: string) =>
          ({
            action: 'iam:UpdateAssumeRolePolicy',
            parameters: { RoleName: role.name, PolicyDocument },
          }) as const;
        return [{ read: role.arnFrom, to: { trust }, call: write(trust), undo: write(text), exactly: true }];
      },
    };
  },
};

const principalsOf = ({ Effect, Principal }: Statement): readonly string[] => {
  if (Effect !== 'Allow') return [];
  return Principal === '*' ? ['*'] : listOf(isStatement(Principal) ? Principal.AWS : undefined);
};

const accountOf = (principal: string): string | undefined =>
  /^(?:arn:aws[a-z-]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];

/** `444455556666` and `arn:aws:iam::444455556666:root` are one principal; IAM writes the second. */
const accountOrText = (principal: string): string => principal.replace(/^arn:aws[a-z-]*:iam::(\d{12}):root$/, '$1');

const isForeign = (principal: string, { account }: Place, knownAccounts: readonly string[]): boolean => {
  if (principal === '*') return true;
  const owner = accountOf(principal);
  return owner !== undefined && owner !== account && !knownAccounts.includes(owner);
};

const withoutPrincipals = (statement: Statement, removed: ReadonlySet<string>): readonly Statement[] => {
  const { Effect, Principal } = statement;
  if (Effect !== 'Allow') return [statement];
  if (!isStatement(Principal)) return removed.has('*') && Principal === '*' ? [] : [statement];
  const named = listOf(Principal.AWS);
  const kept = named.filter((principal) => !removed.has(accountOrText(principal)));
  if (kept.length === named.length) return [statement];
  const { AWS: _, ...others } = Principal;
  const rest = kept.length === 0 ? others : { ...others, AWS: kept };
  return Object.keys(rest).length === 0 ? [] : [{ ...statement, Principal: rest }];
};
