import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleRecord } from '../example-records.ts';
import { temporaryFolder } from './terminal.ts';

/** A rule on StopLogging as people write it, with fields replaced. */
export const exampleRule = (fields: object = {}) => ({
  id: 'cloudtrail-trail-halted',
  severity: 'high',
  status: 'stable',
  events: { 'cloudtrail.amazonaws.com': ['StopLogging'] },
  conditions: { all: [{ fact: 'errorCode', operator: 'exists', value: false }] },
  message: '{userIdentity.arn} stopped {requestParameters.name}',
  runbook: 'Start it again.',
  ...fields,
});

export const exampleRuleTest = (fields: object = {}) => ({
  fixture: 'cloudtrail/stop-logging',
  cases: [
    { name: 'the call succeeds', matches: true },
    { name: 'the call is denied', with: { errorCode: 'AccessDenied' }, matches: false },
  ],
  ...fields,
});

const stopLogging = exampleRecord({
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  requestParameters: { name: 'main' },
  responseElements: null,
});

/** Writes files below a folder: objects as JSON, texts as they are. */
export const writeFiles = (folder: string, files: Readonly<Record<string, object | string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
};

/** A rules folder with one good rule and what is given besides. */
export const rulesFolder = (files: Readonly<Record<string, object | string>> = {}): string => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'cloudtrail/cloudtrail-trail-halted.json': exampleRule(),
    'cloudtrail/cloudtrail-trail-halted.test.json': exampleRuleTest(),
    'fixtures/cloudtrail/stop-logging.json': stopLogging,
    'conditions/succeeded.json': readFileSync('rules/conditions/succeeded.json', 'utf8'),
    ...files,
  });
  return folder;
};
