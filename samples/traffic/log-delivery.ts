import { kmsCall, s3Call } from '../cloudtrail/calls.ts';
import { ACCOUNT, FLOW_LOG_BUCKET, keyArn, REGIONS, TRAIL_BUCKET, trailArn } from '../cloudtrail/company.ts';
import { awsService } from '../cloudtrail/identities.ts';
import { ALPHANUMERIC, createRandom } from '../cloudtrail/random.ts';
import type { Scene } from '../cloudtrail/record.ts';
import { about, isoTime } from '../cloudtrail/time.ts';

/** The trail `management-events` writes a file per region every few minutes, until somebody stops it. */
export const trailDeliveries = (stoppedAt: string): Scene[] => {
  const random = createRandom('trail deliveries');
  const who = awsService('cloudtrail.amazonaws.com');
  return REGIONS.flatMap((region) =>
    about(region === 'eu-central-1' ? 900 : 320, random, undefined, stoppedAt).flatMap((at) => {
      const slot = isoTime(at - (at % 300)).replace(/[-:]|00Z$/g, '');
      const file = `AWSLogs/${ACCOUNT}/CloudTrail/${region}/2026/10/14/${ACCOUNT}_CloudTrail_${region}_${slot}Z_${random.text(16, ALPHANUMERIC)}.json.gz`;
      return [
        { at, who, does: s3Call('GetBucketAcl', TRAIL_BUCKET, 'acl') },
        {
          at,
          who,
          does: kmsCall('GenerateDataKey', keyArn('trail'), {
            'aws:cloudtrail:arn': trailArn('management-events'),
            'aws:s3:arn': `arn:aws:s3:::${TRAIL_BUCKET}/${file}`,
          }),
        },
      ];
    }),
  );
};

/** Flow logs point to a bucket whose policy forgot them; the service asks again and again. */
export const refusedLogDelivery = (): Scene[] => {
  const random = createRandom('log delivery');
  const refused = { errorCode: 'AccessDenied', errorMessage: 'Access Denied' };
  return about(540, random).flatMap((at) => [
    {
      at,
      who: awsService('delivery.logs.amazonaws.com'),
      does: s3Call('GetBucketAcl', FLOW_LOG_BUCKET, 'acl', {}, refused),
    },
    {
      at: at + 1,
      who: awsService('delivery.logs.amazonaws.com'),
      // CloudTrail files this one under data events.
      does: s3Call(
        'HeadBucket',
        FLOW_LOG_BUCKET,
        null,
        {},
        { ...refused, also: { managementEvent: false, eventCategory: 'Data' } },
      ),
    },
  ]);
};
