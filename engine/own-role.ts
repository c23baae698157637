/** With which the name of each of Trailwire's roles ends. */
const regionAtEnd = /-[a-z]{2,4}(?:-[a-z]{1,12}){1,3}-\d$/;

/**
 * Whether an ARN is that of a role, or of its like in another region: calls of IAM arrive in us-east-1, whichever stack made
 * them, and two stacks must not answer each other.
 */
export const isSameRole = (own: string, arn: string): boolean =>
  arn === own ||
  (regionAtEnd.test(own) && regionAtEnd.test(arn) && arn.replace(regionAtEnd, '') === own.replace(regionAtEnd, ''));

/** The wildcard of a role and of its like in other regions, as the list `own-roles` has it. */
export const inEveryRegion = (own: string): string => own.replace(regionAtEnd, '-*');
