import { readFileSync, writeSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { loadRules } from '../cli/load-rules.ts';
import { createIngest } from '../functions/ingest.ts';
import { createTelemetry } from '../functions/log.ts';
import { createReadLogFile } from '../functions/read-log-file.ts';

/**
 * Takes the objects of a bucket, whose keys a file lists, through `ingest` in batches of five. What it remembers is elsewhere, as in
 * Lambda: here in stores that keep nothing, so that every match is news. Writes to descriptor 3 the kilobytes that it had
 * in memory before the first, and how many records and findings there were; `peak-memory.mjs` adds the most that it had.
 */
const [endpoint = '', bucket = '', list = ''] = process.argv.slice(2);

const client = new S3Client({
  endpoint,
  forcePathStyle: true,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
let [records, findings] = [0, 0];
const telemetry = createTelemetry('ingest');
const ingest = createIngest({
  content: loadRules('rules'),
  latenessMs: 900_000,
  connect: async () => ({
    store: { look: async () => undefined, remember: async () => ({ count: 1 }), take: async () => true },
    signals: { add: async (_, text) => [text], read: async (keys) => keys.map(() => []), drop: async () => undefined },
    bus: {
      publishFindings: async (all) => {
        findings += all.length;
      },
      publishActivities: async () => undefined,
    },
  }),
  logBucket: bucket,
  openBucket: async () => createReadLogFile(client),
  telemetry: {
    ...telemetry,
    count: (name, value = 1) => {
      if (name === 'RecordsEvaluated') records += value;
    },
  },
  now: Date.now,
});

const keys: readonly string[] = JSON.parse(readFileSync(list, 'utf8'));
const messageOf = (key: string, index: number) => ({
  messageId: String(index),
  eventSource: 'aws:sqs',
  body: JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] }),
});
const messages = keys.map(messageOf);
const idle = Math.round(process.memoryUsage.rss() / 1024);
for (let at = 0; at < messages.length; at += 5) {
  const answer = await ingest({ Records: messages.slice(at, at + 5) });
  if (answer === undefined || !('batchItemFailures' in answer) || answer.batchItemFailures.length > 0) process.exit(1);
}
writeSync(3, `${idle} ${records} ${findings} `);
client.destroy();
