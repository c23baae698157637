// Prints the commands that deploy Trailwire to an organization; `npm run organization` runs it. Nothing is deployed by it.
import { readOrganization } from '../../cli/read-organization.ts';
import { missedSignInRegions } from '../../engine/doctor/organization-parameters.ts';
import { messageOf } from '../../engine/errors.ts';
import { commandsOf } from './commands.ts';

const file = process.argv[2] ?? 'infra/organization/parameters.json';
try {
  const parameters = readOrganization(file);
  for (const [says, command] of commandsOf(parameters)) console.log(`# ${says}\n${command}\n`);
  const missed = missedSignInRegions(parameters);
  if (missed.length > 0) {
    console.error(
      `${file}: regions: some sign-ins to the console are recorded in ${missed.join(', ')}, which are left out`,
    );
  }
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
