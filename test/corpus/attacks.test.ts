import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../engine/ocsf.ts';
import { corpus, readJsonLines } from './corpus.ts';
import { replayFindings } from './replay-lines.ts';

type Technique = {
  readonly technique: string;
  readonly detectionSectionNames: readonly string[];
  readonly keyEvents: readonly string[];
};
type LogRecord = Readonly<Record<string, unknown>> & { readonly eventName: string; readonly errorCode?: string };

const techniques = JSON.parse(readFileSync(corpus('attacks', 'index.json'), 'utf8')) as readonly Technique[];
const logOf = ({ technique }: Technique): readonly LogRecord[] =>
  readJsonLines(corpus('attacks', `${technique}.jsonl`));

const isOwn = ({ detectionSectionNames, keyEvents }: Technique, eventName: unknown): boolean =>
  [...detectionSectionNames, ...keyEvents].some((name) =>
    String(eventName).toLowerCase().startsWith(name.toLowerCase()),
  );
/** Findings that a person is told of and that name an event of the technique itself. */
const ownAlerts = (technique: Technique, findings: readonly Finding[]): readonly string[] =>
  findings
    .filter(({ severity_id, metadata }) => severity_id >= 3 && isOwn(technique, metadata.event_code))
    .map(({ finding_info }) => finding_info.analytic.uid)
    .toSorted();

const folder = mkdtempSync(join(tmpdir(), 'trailwire-attacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const replayChanged = async (name: string, records: readonly unknown[]): Promise<readonly Finding[]> => {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join('\n'));
  return (await replayFindings(path)).findings;
};

/** The same log, made by somebody whose tools and names say nothing. */
const withoutMaker = (record: LogRecord): unknown =>
  JSON.parse(
    JSON.stringify({ ...record, userAgent: 'aws-cli/2.31.9' })
      .replaceAll(/stratus-red-team/gi, 'nightly')
      .replaceAll(/stratus|red-team|grimoire/gi, 'x'),
  );

/** What CloudTrail writes of a call that the caller may not make: EC2 keeps the request, most services do not. */
const denied = (record: LogRecord): unknown => ({
  ...record,
  errorCode: record.eventSource === 'ec2.amazonaws.com' ? 'Client.UnauthorizedOperation' : 'AccessDenied',
  errorMessage: 'User is not authorized to perform this action',
  responseElements: null,
  ...(record.eventSource === 'ec2.amazonaws.com' ? {} : { requestParameters: null }),
});

describe('the recorded attack techniques', () => {
  it.each(techniques)('$technique gives a finding of at least medium that names its own event', async (technique) => {
    const { findings } = await replayFindings(corpus('attacks', `${technique.technique}.jsonl`));
    expect(ownAlerts(technique, findings)).not.toEqual([]);
  });

  it.each(techniques)(
    '$technique is found by what it does, not by the names of who made the log',
    async (technique) => {
      const { findings } = await replayFindings(corpus('attacks', `${technique.technique}.jsonl`));
      const anonymous = await replayChanged(technique.technique, logOf(technique).map(withoutMaker));
      expect(ownAlerts(technique, anonymous)).toEqual(ownAlerts(technique, findings));
    },
  );

  it.each(techniques)('$technique, denied, is found as an attempt and never as done', async (technique) => {
    const records = logOf(technique).map((record) => (isOwn(technique, record.eventName) ? denied(record) : record));
    const findings = await replayChanged(`${technique.technique}-denied`, records);
    const own = findings.filter(({ metadata }) => isOwn(technique, metadata.event_code));
    expect(own).not.toEqual([]);
    expect(
      own.map(({ finding_info }) => finding_info.title).filter((title) => !/denied|refused|tried|attempt/i.test(title)),
    ).toEqual([]);
  });

  it('S3 data taken with the credentials of a compromised instance gives a finding of at least medium', async () => {
    const { findings } = await replayFindings(corpus('attacks', 'otrf-ec2-proxy-s3-exfil.jsonl'));
    expect(findings.filter(({ severity_id }) => severity_id >= 3)).not.toEqual([]);
  });
});
