import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventCatalog } from '../../cli/event-catalog.ts';
import { createRequestCatalog } from '../../cli/request-catalog.ts';
import { techniques } from '../../engine/attack.ts';
import { findDeadLeaves } from '../../engine/dead-leaves.ts';
import { readText } from '../../engine/field.ts';
import type { Finding } from '../../engine/ocsf.ts';
import { corpus, readJsonLines } from './corpus.ts';
import { replayFindings } from './replay-lines.ts';

type Techniques = Readonly<Record<string, { readonly tactics: readonly string[] } | undefined>>;
type Label = { readonly eventID: string; readonly eventName: string; readonly phase: string };

const tacticsOf = (technique: string): readonly string[] => (techniques as Techniques)[technique]?.tactics ?? [];

describe('the table of events', () => {
  it('knows every event that five days of a real account have', () => {
    const catalog = createEventCatalog();
    const records = readJsonLines<{ readonly eventSource: string; readonly eventName: string }>(
      corpus('account', 'sans504.jsonl.gz'),
    );
    const events = new Map(
      records.map(({ eventSource, eventName }) => [`${eventSource}/${eventName}`, [eventSource, eventName] as const]),
    );
    const refused = [...events].filter(([, [source, name]]) => !catalog.knowsEvent(source, name));
    expect(refused.map(([event]) => event)).toEqual([]);
    expect(events.size).toBeGreaterThan(100);
  });

  it('has every parameter that these records hold, of the services whose requests it knows', () => {
    const requests = createRequestCatalog();
    const records = readJsonLines<Record<string, string> & { readonly requestParameters: object | null }>(
      corpus('account', 'sans504.jsonl.gz'),
    );
    const unknown = new Set<string>();
    for (const { eventSource = '', eventName = '', requestParameters } of records) {
      const fields = Object.keys(requestParameters ?? {}).map((name) => `requestParameters.${name}`);
      for (const field of fields) {
        const leaf = { fact: field, operator: 'exists', value: true };
        const problems = findDeadLeaves(leaf, '', { [eventSource]: [eventName] }, requests);
        for (const { message } of problems) unknown.add(`${eventSource}: ${message}`);
      }
    }
    expect([...unknown]).toEqual([]);
  });
});

describe('five days of a real account, as CloudTrail delivered them', () => {
  let folder = '';
  let replayed: Awaited<ReturnType<typeof replayFindings>>;
  const phases = new Map(
    readJsonLines<Label>(corpus('account', 'sans504-labels.jsonl.gz')).map(({ eventID, phase }) => [eventID, phase]),
  );
  const phaseOf = ({ evidences }: Finding): string =>
    phases.get(readText(evidences[0]?.data, 'eventID') ?? '') ?? 'none';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trailwire-account-'));
    execFileSync('tar', ['-xf', corpus('account', 'sans504-s3-layout.tar'), '-C', folder]);
    replayed = await replayFindings(folder);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads all 30,477 records, knows 6,496 of them as duplicates, and fails on none', () => {
    expect(replayed.code).toBe(0);
    expect(replayed.summary).toContain('30477 records read, 6496 of them duplicates');
    expect(replayed.summary).toContain('0 unreadable items, 0 rule failures');
  });

  it('finds the attacker’s chain: denied calls, a policy that allows everything, a key for himself', () => {
    const attack = replayed.findings.filter((finding) => phaseOf(finding) === 'attack');
    const names = new Set(attack.map(({ metadata }) => metadata.event_code));
    expect([...names]).toEqual(expect.arrayContaining(['PutUserPolicy', 'CreateAccessKey']));
    expect(attack.map(({ finding_info }) => finding_info.analytic.uid)).toContain('any-call-denied');
  });

  it('tells of the attacker in at least six findings of at least four tactics', () => {
    const attack = replayed.findings.filter((finding) => phaseOf(finding) === 'attack');
    const named = attack.flatMap(({ finding_info }) => finding_info.attacks ?? []);
    const tactics = named.flatMap(({ technique, sub_technique }) => tacticsOf(sub_technique?.uid ?? technique.uid));
    expect(attack.length).toBeGreaterThanOrEqual(6);
    expect(new Set(tactics).size).toBeGreaterThanOrEqual(4);
  });

  it('tells of the denied calls and of the enumeration once each, and correlates nothing else', () => {
    const correlated = replayed.findings.filter(({ unmapped }) => unmapped.trailwire.correlation !== undefined);
    expect(correlated.map(({ finding_info }) => finding_info.analytic.uid).sort()).toEqual([
      'any-actions-denied-in-burst',
      'iam-identities-enumerated',
    ]);
    expect(correlated.map(phaseOf)).toEqual(['attack', 'attack']);
  });

  it('has nothing of high severity outside the attack and the root console work', () => {
    const grave = replayed.findings.filter(({ severity_id }) => severity_id >= 4).map(phaseOf);
    expect(grave.filter((phase) => phase !== 'attack' && phase !== 'root-console')).toEqual([]);
  });

  it('raises fewer than 40 alerts beside the attack and the root console work', () => {
    const others = replayed.findings.filter(
      (finding) =>
        finding.severity_id >= 3 && finding.activity_id === 1 && !['attack', 'root-console'].includes(phaseOf(finding)),
    );
    expect(others.length).toBeLessThan(40);
  });
});
