/** Where CloudTrail records the calls of IAM and other global services, by partition. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html */
export const homeOfGlobalServices = (region: string): string => {
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  return region.startsWith('cn-') ? 'cn-north-1' : 'us-east-1';
};

/** Sources whose events arrive there alone. */
export const globalSources: ReadonlySet<string> = new Set([
  'cloudfront.amazonaws.com',
  'iam.amazonaws.com',
  'organizations.amazonaws.com',
  'route53.amazonaws.com',
  'route53domains.amazonaws.com',
  'shield.amazonaws.com',
  'waf.amazonaws.com',
]);

/**
 * Beside us-east-1, where a sign-in to the console may be recorded whatever region is worked in: which of these it is depends on
 * a cookie. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 */
export const signInRegions: readonly string[] = ['us-east-2', 'eu-north-1', 'ap-southeast-2'];
export const signInSource = 'signin.amazonaws.com';
