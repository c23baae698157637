import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exampleRecord } from '../example-records.ts';
import { isOnPath, region } from './moto.ts';

const hasAws = isOnPath('aws', 'pip install awscli');

describe.runIf(hasAws)('serve, called by the AWS CLI', () => {
  const said = { out: '', err: '' };
  let folder = '';
  let url = '';
  let stop: () => Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trailwire-serve-'));
    const args = ['serve', '--port', '0', '--state', ':memory:', '--alerts', join(folder, 'alerts.jsonl')];
    const child = spawn(process.execPath, ['cli/main.mjs', ...args]);
    const ended = once(child, 'exit');
    stop = async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    await vi.waitFor(() => {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(said.err)?.[0] ?? '';
      expect(url, said.err).not.toBe('');
    }, 15_000);
  });
  afterAll(() => stop?.());

  const putEvents = async (...entries: readonly object[]) => {
    const args = ['events', 'put-events', '--endpoint-url', url, '--entries', JSON.stringify(entries)];
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_DEFAULT_REGION: region,
      AWS_PAGER: '',
    };
    const { stdout } = await promisify(execFile)('aws', [...args, '--output', 'json'], { env });
    return JSON.parse(stdout);
  };
  const stopLogging = exampleRecord({
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'main' },
    responseElements: null,
  });

  it('makes a finding and an alert of an event', async () => {
    const answer = await putEvents({
      Source: 'aws.cloudtrail',
      DetailType: 'AWS API Call via CloudTrail',
      Detail: JSON.stringify(stopLogging),
    });
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    expect(said.out).toContain('CRITICAL  CloudTrail trail stopped');
    const [alert] = readFileSync(join(folder, 'alerts.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(alert ?? '')).toMatchObject({ kind: 'finding', rule: 'cloudtrail-trail-stopped' });
  });

  it('tells what it cannot use from what it can', async () => {
    const answer = await putEvents({ Source: 'shop', DetailType: 'Order placed', Detail: '{"order":1}' });
    expect(answer).toEqual({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'NotCloudTrail', ErrorMessage: expect.stringContaining('"Order placed"') }],
    });
  });
});
