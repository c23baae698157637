import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attack, TRAIL_STOPPED } from './attack/scenes.ts';
import { compressFile, fileRecords, type LogFile } from './cloudtrail/log-files.ts';
import { recordScenes } from './cloudtrail/record.ts';
import { backupOperator } from './traffic/backup-operator.ts';
import { deployTraffic } from './traffic/deploys.ts';
import { refusedLogDelivery, trailDeliveries } from './traffic/log-delivery.ts';
import { officeTraffic } from './traffic/office.ts';
import { serviceTraffic } from './traffic/services.ts';
import { terraformTraffic } from './traffic/terraform.ts';
import { workloadTraffic } from './traffic/workloads.ts';

/** The log files of the sample incident: an intrusion inside the ordinary morning of a small company. */
export const makeIncident = (): LogFile[] =>
  fileRecords([
    ...recordScenes('attack', attack),
    ...recordScenes('log delivery', [...trailDeliveries(TRAIL_STOPPED), ...refusedLogDelivery()]),
    ...recordScenes('services', serviceTraffic()),
    ...recordScenes('workloads', workloadTraffic()),
    ...recordScenes('office', [...officeTraffic(), ...backupOperator()]),
    ...recordScenes('deploys', deployTraffic()),
    ...recordScenes('terraform', terraformTraffic()),
  ]);

const writeIncident = (folder: string): void => {
  const files = makeIncident();
  rmSync(folder, { recursive: true, force: true });
  let written = 0;
  for (const file of files) {
    const place = join(folder, file.key);
    const bytes = compressFile(file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes);
    written += bytes.length;
  }
  const records = files.reduce((sum, file) => sum + file.records.length, 0);
  process.stdout.write(`${records} records in ${files.length} files, ${written} bytes\n`);
};

if (import.meta.main) writeIncident(fileURLToPath(new URL('incident', import.meta.url)));
