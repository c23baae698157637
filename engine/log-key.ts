/**
 * The part of CloudTrail's layout that every trail and every copy keeps, whatever prefix and organisation come before:
 * `CloudTrail[-Kind]/<region>/<yyyy>/<mm>/<dd>/<name>.json.gz`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
const layout = /(?:^|\/)CloudTrail(-[A-Za-z]+)?\/[^/]+\/\d{4}\/\d\d\/\d\d\/[^/]+\.json\.gz$/;

/** What lies beside log files in a trail's bucket and holds no records. */
const withoutRecords: ReadonlyMap<string, string> = new Map([
  ['-Digest', 'a digest of log files'],
  ['-Aggregated', 'aggregated data events'],
]);

/**
 * Why an object of a trail's bucket is not read, by its key; `undefined` for log files: of management, data and network activity
 * events, and of Insights.
 */
export const reasonToSkip = (key: string): string | undefined => {
  const found = layout.exec(key);
  if (found === null) return 'not a log file of CloudTrail';
  return withoutRecords.get(found[1] ?? '');
};
