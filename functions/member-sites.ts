import type { EnterSite } from '../engine/doctor/examine-members.ts';
import type { WatchedMembers } from '../engine/doctor/organization-parameters.ts';
import { lookRolePrefix } from '../engine/doctor/parts.ts';
import { ConfigError } from '../engine/errors.ts';

/** How the watch enters member accounts, which loads STS; none is entered by the file of another organization's parameters. */
export const connectMemberSites = async (
  { organizationId, externalId }: WatchedMembers,
  organization: string,
): Promise<EnterSite> => {
  if (organizationId !== organization) {
    return async () => {
      const message = `infra/organization/parameters.json is of ${organizationId}, this stack of ${organization}`;
      throw new ConfigError('CONFIG_INVALID', message);
    };
  }
  const { createEnterSite } = await import('../account/enter-site.ts');
  const nameIn = (region: string): string => `${lookRolePrefix}${region}`;
  return createEnterSite({ nameIn, ExternalId: externalId, SourceIdentity: 'trailwire-watch' });
};
