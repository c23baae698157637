import { readFileSync } from 'node:fs';
import { type OrganizationParameters, organizationParametersSchema } from '../engine/doctor/organization-parameters.ts';
import { ConfigError, messageOf, renderProblem } from '../engine/errors.ts';
import { renderIssue } from '../engine/schema-issue.ts';

/** Reads the file of parameters of an organization. Throws ConfigError naming all that is wrong with it. */
export const readOrganization = (file: string): OrganizationParameters => {
  const result = organizationParametersSchema.safeParse(readJson(file));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => renderProblem({ file, ...renderIssue(issue) }));
  throw new ConfigError('CONFIG_INVALID', problems.join('\n'));
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `${file}: ${messageOf(error)}`, { cause: error });
  }
};
