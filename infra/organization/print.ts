// Prints the commands that deploy Trailwire to an organization; `npm run organization` runs it. Nothing is deployed by it.
import { readFileSync } from 'node:fs';
import { renderProblem } from '../../engine/errors.ts';
import { renderIssue } from '../../engine/schema-issue.ts';
import { commandsOf } from './commands.ts';
import { missedSignInRegions, organizationParametersSchema } from './parameters.ts';

const file = process.argv[2] ?? 'infra/organization/parameters.json';
const result = organizationParametersSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
if (!result.success) {
  for (const issue of result.error.issues) console.error(renderProblem({ file, ...renderIssue(issue) }));
  process.exitCode = 1;
} else {
  for (const [says, command] of commandsOf(result.data)) console.log(`# ${says}\n${command}\n`);
  const missed = missedSignInRegions(result.data);
  if (missed.length > 0) {
    console.error(
      `${file}: regions: some sign-ins to the console are recorded in ${missed.join(', ')}, which are left out`,
    );
  }
}
