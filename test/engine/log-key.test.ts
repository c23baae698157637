import { expect, it } from 'vitest';
import { reasonToSkip } from '../../engine/log-key.ts';

const file = 'us-east-1/2026/10/14/111122223333_CloudTrail_us-east-1_20261014T0845Z_mPPTTbNgSgRjLZtt.json.gz';

it.each([
  ['a trail of an account', `AWSLogs/111122223333/CloudTrail/${file}`],
  ['a trail of an organisation', `AWSLogs/o-abc1234567/111122223333/CloudTrail/${file}`],
  ['a prefix of any kind', `logs/CloudTrail-Digest/of 2026/AWSLogs/111122223333/CloudTrail/${file}`],
  ['a copy', `CloudTrail/${file}`],
  ['Insights', `AWSLogs/111122223333/CloudTrail-Insight/${file}`],
  ['network activity', `AWSLogs/111122223333/CloudTrail-NetworkActivity/${file}`],
])('log files of %s are read', (_, key) => {
  expect(reasonToSkip(key)).toBeUndefined();
});

it.each([
  ['a digest of log files', `AWSLogs/111122223333/CloudTrail-Digest/${file}`],
  ['a digest of log files', `AWSLogs/o-abc1234567/111122223333/CloudTrail-Digest/${file}`],
  ['aggregated data events', `AWSLogs/111122223333/CloudTrail-Aggregated/${file}`],
  ['not a log file of CloudTrail', 'AWSLogs/111122223333/CloudTrail/'],
  ['not a log file of CloudTrail', `AWSLogs/111122223333/Config/${file}`],
  ['not a log file of CloudTrail', `AWSLogs/111122223333/CloudTrail/${file}.bak`],
  ['not a log file of CloudTrail', 'AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/10/14/lb.log.gz'],
])('%s: %s', (reason, key) => {
  expect(reasonToSkip(key)).toBe(reason);
});
