/** CloudTrail delivers within 15 minutes, mostly. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
export const usualLatenessMs = 900_000;
