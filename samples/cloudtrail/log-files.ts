import { gzipSync } from 'node:zlib';
import { ACCOUNT } from './company.ts';
import { ALPHANUMERIC, createRandom } from './random.ts';
import type { SampleRecord, Take } from './record.ts';
import { isoTime } from './time.ts';

export interface LogFile {
  /** As in the bucket: `AWSLogs/<account>/CloudTrail/<region>/YYYY/MM/DD/...json.gz`. */
  readonly key: string;
  readonly records: readonly SampleRecord[];
}

/** Seconds of records that one file holds. */
const SLOT = 300;

/**
 * Files as CloudTrail delivers them: one per region and five minutes, named after the end of those minutes; a record
 * that is delivered twice is in the next file too.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export const fileRecords = (takes: readonly Take[]): LogFile[] => {
  const deliveries = takes.flatMap(({ at, record, deliveredTwice }) => {
    const end = at - (at % SLOT) + SLOT;
    return (deliveredTwice ? [end, end + SLOT] : [end]).map((slot) => ({ key: keyOf(record.awsRegion, slot), record }));
  });
  const files = Map.groupBy(deliveries, ({ key }) => key);
  return [...files]
    .map(([key, content]) => ({ key, records: content.map(({ record }) => record).sort(byCaller) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
};

/** No order is promised inside a file; with the records of one caller together it compresses best. */
const byCaller = (a: SampleRecord, b: SampleRecord): number => {
  const [one, other] = [a, b].map(({ userIdentity, eventTime }) => JSON.stringify(userIdentity) + eventTime);
  return one === other ? 0 : String(one) < String(other) ? -1 : 1;
};

const keyOf = (region: string, delivery: number): string => {
  const time = isoTime(delivery);
  const slot = `${time.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const random = createRandom(`file ${region} ${slot}`).text(16, ALPHANUMERIC);
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `AWSLogs/${ACCOUNT}/CloudTrail/${region}/${day}/${ACCOUNT}_CloudTrail_${region}_${slot}_${random}.json.gz`;
};

/** The bytes of a log file; the same on every run. */
export const compressFile = ({ records }: LogFile): Buffer => {
  const bytes = gzipSync(JSON.stringify({ Records: records }), { level: 9 });
  // The tenth byte of a gzip header names the operating system: 255, "unknown", is the same everywhere.
  // https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
  bytes[9] = 255;
  return bytes;
};
