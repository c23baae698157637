import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HistoryEvent } from '../../account/event-history.ts';
import { type Position, writeWhole } from './pull-state.ts';

/** Writes a batch of events that was pulled from a position on. */
export type WriteEvents = (events: readonly HistoryEvent[], position: Position) => void;

/** CloudTrail writes a file about every five minutes: `replay` goes by the times in names, across regions. */
const fileSeconds = 300;

/**
 * Writes events of a region as CloudTrail lays out its bucket: gzipped `{"Records": [...]}`, oldest first, each record as AWS
 * wrote it. The same position gives the same names.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export const createWriteEvents =
  (folder: string, account: string, region: string): WriteEvents =>
  (events, position) => {
    const part = createHash('sha256').update(JSON.stringify(position)).digest('hex').slice(0, 16);
    for (const [start, members] of Map.groupBy(events, ({ time }) => time - (time % fileSeconds))) {
      const [day = '', minute = ''] = new Date(start * 1_000).toISOString().split(/[T]|:\d{2}\.\d{3}Z/);
      const below = join(folder, 'AWSLogs', account, 'CloudTrail', region, ...day.split('-'));
      const stamp = `${day}T${minute}Z`.replaceAll(/[-:]/g, '');
      mkdirSync(below, { recursive: true });
      const records = members.toReversed().map(({ text }) => text);
      const content = gzipSync(`{"Records":[${records.join(',')}]}`);
      writeWhole(join(below, `${account}_CloudTrail_${region}_${stamp}_${part}.json.gz`), content);
    }
  };
