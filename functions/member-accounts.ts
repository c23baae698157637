import { type EnterAccount, memberRoles } from '../engine/enter-account.ts';

/** How a function enters member accounts, which loads STS; `undefined` where none was set up. */
export const connectMembers = async (
  purpose: keyof typeof memberRoles,
  externalId: string | undefined,
): Promise<EnterAccount | undefined> => {
  if (externalId === undefined) return undefined;
  const { createMemberAccounts } = await import('../account/member-role.ts');
  const roleName = memberRoles[purpose];
  return createMemberAccounts({ roleName, externalId, sourceIdentity: roleName }, Date.now);
};
