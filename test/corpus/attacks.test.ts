import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpus } from './corpus.ts';
import { replayFindings } from './replay-lines.ts';

type Technique = {
  readonly technique: string;
  readonly detectionSectionNames: readonly string[];
  readonly keyEvents: readonly string[];
};
const techniques = JSON.parse(readFileSync(corpus('attacks', 'index.json'), 'utf8')) as readonly Technique[];

describe('the recorded attack techniques', () => {
  it.each(techniques)('$technique gives a finding of at least medium that names its own event', async (technique) => {
    const { findings } = await replayFindings(corpus('attacks', `${technique.technique}.jsonl`));
    const own = [...technique.detectionSectionNames, ...technique.keyEvents].map((name) => name.toLowerCase());
    const named = findings
      .filter(({ severity_id }) => severity_id >= 3)
      .map(({ metadata }) => String(metadata.event_code).toLowerCase());
    expect(named.filter((name) => own.some((event) => name.startsWith(event)))).not.toEqual([]);
  });

  it('S3 data taken with the credentials of a compromised instance gives a finding of at least medium', async () => {
    const { findings } = await replayFindings(corpus('attacks', 'otrf-ec2-proxy-s3-exfil.jsonl'));
    expect(findings.filter(({ severity_id }) => severity_id >= 3)).not.toEqual([]);
  });
});
