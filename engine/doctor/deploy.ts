/** What is not given falls back to its default, so that a deployment without its parameters would take the e-mails away. */
const asBefore = 'npm run deploy -- with the --region and every --param that it was deployed with';

/** What brings back a part of the stack that somebody deleted: CloudFormation restores nothing while its template stays the same. */
export const deployAgain = `Deploy it again: remove the stack (its table stays), then ${asBefore}.`;

/** How the rules that are here get into the stack. */
export const deployRules = `Deploy the rules that you have here: ${asBefore}. Where nothing changed since, CloudFormation restores nothing; then`;

/** How the stack gets into a region, or gets an address to tell. */
export const deployTo = (region: string): string =>
  `npx osls deploy --region ${region} --param alertEmail=ADDRESS, and every other --param that you deploy with`;
