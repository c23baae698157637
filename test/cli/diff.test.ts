import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DiffOptions, diff } from '../../cli/diff.ts';
import type { DiffReport } from '../../cli/diff-report.ts';
import { createIo } from '../../cli/io.ts';
import { replay } from '../../cli/replay.ts';
import { exampleRecord } from '../example-records.ts';
import { exampleRule, exampleRuleTest, rulesFolder, writeFiles } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const ruleFile = 'cloudtrail/cloudtrail-trail-halted.json';
const ann = 'arn:aws:iam::111122223333:user/ann';
const bob = 'arn:aws:iam::111122223333:user/bob';

let number = 0;
const stopLogging = (minute: number, arn: string, fields: object = {}) =>
  exampleRecord({
    eventID: `event-${++number}`,
    eventTime: new Date(Date.UTC(2026, 9, 14, 8, minute)).toISOString().replace('.000', ''),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    userIdentity: { type: 'IAMUser', arn, accountId: '111122223333', userName: arn.split('/')[1] },
    requestParameters: { name: 'main' },
    responseElements: null,
    ...fields,
  });

const logOf = (...records: readonly object[]): string => {
  const file = join(temporaryFolder(), 'log.jsonl');
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
};

const run = async (before: string, after: string, logs: string, options: Partial<DiffOptions> = {}) => {
  const { io, out, err } = createTerminal();
  const code = await diff(before, after, [logs], { format: 'text', minSeverity: 'medium', ...options }, io);
  return { code, text: out.join('\n'), err };
};

const reportOf = async (
  before: string,
  after: string,
  logs: string,
): Promise<DiffReport & { objections: readonly string[] }> =>
  JSON.parse((await run(before, after, logs, { format: 'json' })).text);

const withRule = (fields: object): string => rulesFolder({ [ruleFile]: exampleRule(fields) });
const onlyAnn = {
  conditions: { all: [{ fact: 'userIdentity.arn', operator: 'equal', value: ann }] },
};

describe('diff', () => {
  it('shows no difference between equal rules, whatever they find', async () => {
    const { code, text } = await run('rules', 'rules', 'samples/incident');
    expect(code).toBe(0);
    expect(text).toContain('1865 records from 2026-10-14T08:30:23Z to 2026-10-14T10:59:28Z, counted as one week');
    expect(text).toContain('0 alerts gained, 0 lost');
    expect(text).toContain('These logs show no difference.');
  });

  it('finds on each side what replay finds', async () => {
    const terminal = createTerminal();
    await replay(['samples/incident'], { rules: 'rules', format: 'jsonl' }, terminal.io);
    const { counts } = await reportOf('rules', 'rules', 'samples/incident');
    expect(counts.before.findings).toBe(terminal.out.length);
    expect(counts.after).toEqual(counts.before);
  });

  it('names by rule and principal what a narrower rule does not find any more, and the reverse', async () => {
    const logs = logOf(stopLogging(0, ann), stopLogging(1, bob), stopLogging(2, bob));
    const [wide, narrow] = [rulesFolder(), withRule(onlyAnn)];
    const [difference] = (await reportOf(wide, narrow, logs)).rules;
    expect(difference).toMatchObject({ is: 'edited', lost: 2, gained: 0, added: [] });
    expect(difference?.removed).toMatchObject([
      { principal: bob, findings: 2, first: '2026-10-14T08:01:00Z', last: '2026-10-14T08:02:00Z' },
    ]);
    expect((await reportOf(narrow, wide, logs)).rules[0]).toMatchObject({ lost: 0, gained: 2, removed: [] });
    expect((await run(wide, narrow, logs)).text).toContain(`- 2 findings of ${bob}, 2026-10-14T08:01:00Z to `);
  });

  it('takes all sessions of a role for one principal', async () => {
    const session = (minute: number) =>
      stopLogging(minute, '', {
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::111122223333:assumed-role/deploy/run-${minute}`,
          sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/deploy', userName: 'deploy' } },
        },
      });
    const { rules } = await reportOf(rulesFolder(), withRule(onlyAnn), logOf(session(0), session(1)));
    expect(rules[0]?.removed).toMatchObject([{ principal: 'arn:aws:iam::111122223333:role/deploy', findings: 2 }]);
  });

  it('does not take a longer dedup window for something hidden', async () => {
    const dedup = (window: string) => ({ dedup: { by: ['userIdentity.arn'], window } });
    const logs = logOf(stopLogging(0, ann), stopLogging(10, ann), stopLogging(30, ann));
    const report = await reportOf(withRule(dedup('5m')), withRule(dedup('1h')), logs);
    expect(report).toMatchObject({ gained: 0, lost: 0 });
    expect(report.rules).toMatchObject([
      { added: [], removed: [], counts: { before: { findings: 3 }, after: { findings: 1 } } },
    ]);
    const { text } = await run(withRule(dedup('5m')), withRule(dedup('1h')), logs);
    expect(text).toContain('0 alerts gained, 0 lost, 2 fewer for what is still told');
  });

  it('counts an alert as lost where its finding is only lowered', async () => {
    const { code, text, err } = await run(rulesFolder(), withRule({ severity: 'low' }), logOf(stopLogging(0, ann)), {
      maxLost: 0,
    });
    expect(text).toContain('edited, low (was high)  1 -> 1 finding, 1 -> 0 alerts, 1 lost');
    expect(err).toEqual(['1 alert would be lost, and at most 0 may be.']);
    expect(code).toBe(1);
  });

  it('counts one as lost where its rule becomes experimental, too', async () => {
    const report = await reportOf(rulesFolder(), withRule({ status: 'experimental' }), logOf(stopLogging(0, ann)));
    expect(report).toMatchObject({ lost: 1, counts: { after: { findings: 1, alerts: 0 } } });
  });

  it('runs correlations with the state of each side', async () => {
    const counting = (gte: number) => ({
      correlation: { type: 'event_count', groupBy: ['userIdentity.arn'], timespan: '10m', condition: { gte } },
    });
    const annFour = [0, 1, 2, 3].map((minute) => stopLogging(minute, ann));
    const bobThree = [4, 5, 6].map((minute) => stopLogging(minute, bob));
    const report = await reportOf(withRule(counting(3)), withRule(counting(4)), logOf(...annFour, ...bobThree));
    expect(report.rules).toHaveLength(1);
    expect(report.rules[0]?.removed).toMatchObject([{ principal: bob, findings: 1 }]);
    expect(report.rules[0]).toMatchObject({ added: [], lost: 1, gained: 0 });
  });

  it('holds findings of two groups apart, though they share a record', async () => {
    const counting = (field: string) => ({
      correlation: { type: 'event_count', groupBy: [field], timespan: '10m', condition: { gte: 2 } },
    });
    const keys = 'requestParameters.keys';
    const tagged = (minute: number, name: string, ...keys: readonly string[]) =>
      stopLogging(minute, ann, { requestParameters: { name, keys } });
    const logs = logOf(tagged(0, 'main', 'a', 'b'), tagged(1, 'main', 'a'), tagged(2, 'other', 'b'));
    const ofMain = {
      conditions: { all: [{ fact: 'requestParameters.name', operator: 'equal', value: 'main' }] },
      ...counting(keys),
    };
    expect(await reportOf(withRule(counting(keys)), withRule(ofMain), logs)).toMatchObject({
      counts: { before: { findings: 2 }, after: { findings: 1 } },
      lost: 1,
    });
    // Grouped by another field, the same records are told of: nothing is hidden.
    const byPrincipal = withRule(counting('userIdentity.arn'));
    expect(await reportOf(withRule(counting(keys)), byPrincipal, logs)).toMatchObject({ lost: 0, gained: 0 });
  });

  it('names the suppression behind what is removed', async () => {
    const suppressed = rulesFolder({
      'suppressions.json': {
        suppressions: [
          {
            rule: 'cloudtrail-trail-halted',
            when: { all: [{ fact: 'userIdentity.arn', operator: 'equal', value: ann }] },
            reason: 'ann tests trails',
            owner: 'ann@example.com',
            expires: '2027-01-31',
          },
        ],
      },
    });
    const { rules } = await reportOf(rulesFolder(), suppressed, logOf(stopLogging(0, ann), stopLogging(1, bob)));
    expect(rules).toMatchObject([
      { is: 'the same', lost: 1, suppressedBy: ['ann tests trails (ann@example.com, until 2027-01-31)'] },
    ]);
  });

  it('lists changed rules that the logs say nothing about: they are not proven', async () => {
    const logs = logOf(exampleRecord({ eventID: 'other' }));
    expect(await reportOf(rulesFolder(), withRule(onlyAnn), logs)).toMatchObject({
      rules: [],
      unchanged: [],
      untried: ['cloudtrail-trail-halted'],
    });
  });

  it('counts alerts a week by the time between the first and the last record, matching or not', async () => {
    const later = exampleRecord({ eventID: 'later', eventTime: '2026-10-28T08:00:00Z' });
    const logs = logOf(...[0, 1, 2].map((minute) => stopLogging(minute, ann)), later);
    const report = await reportOf(rulesFolder(), rulesFolder(), logs);
    expect(report.logs).toMatchObject({ from: '2026-10-14T08:00:00Z', until: '2026-10-28T08:00:00Z', weeks: 2 });
    expect(report.alertsPerWeek).toEqual({ before: 1.5, after: 1.5 });
  });

  it('exits with 1 above the budget, and with 0 at it', async () => {
    const logs = logOf(stopLogging(0, ann), stopLogging(1, ann));
    const above = await run(rulesFolder(), rulesFolder(), logs, { budget: 1 });
    expect(above).toMatchObject({ code: 1, err: ['2 alerts a week would be more than the budget of 1.'] });
    expect(await run(rulesFolder(), rulesFolder(), logs, { budget: 2 })).toMatchObject({ code: 0, err: [] });
  });

  it('counts a record that was delivered twice once', async () => {
    const record = stopLogging(0, ann);
    expect((await reportOf(rulesFolder(), rulesFolder(), logOf(record, record))).logs).toMatchObject({
      records: 1,
      duplicates: 1,
    });
  });

  it('exits with 2 where nothing could be read, and names what could not', async () => {
    const { code, err } = await run(rulesFolder(), rulesFolder(), 'no-such-logs');
    expect(code).toBe(2);
    expect(err[0]).toContain('cannot read no-such-logs');
  });

  it('reads the rules of a git revision without checking it out', async () => {
    const repository = temporaryFolder();
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
    const files = { 'rules/conditions/none.json': { conditions: { all: [{ condition: 'x' }] } } };
    const logs = logOf(stopLogging(0, ann), stopLogging(1, bob));
    const [wide, narrow] = [rulesFolder(), withRule(onlyAnn)];
    git('init', '--quiet');
    for (const folder of [wide, narrow]) {
      execFileSync('cp', ['-r', `${folder}/.`, join(repository, 'rules')]);
      git('add', '.');
      git('commit', '--quiet', '--message', 'rules');
    }
    writeFiles(repository, files);
    const home = process.cwd();
    process.chdir(repository);
    onTestFinished(() => process.chdir(home));
    expect(await reportOf('HEAD~1', 'HEAD:rules', logs)).toMatchObject({ lost: 1, gained: 0 });
    await expect(run('HEAD~1', 'rules', logs)).rejects.toThrow('rules/conditions/none.json: ');
    await expect(run('HEAD~9', 'HEAD', logs)).rejects.toThrow('git rev-parse: ');
    await expect(run('HEAD:elsewhere', 'HEAD', logs)).rejects.toThrow('git ls-tree: ');
  });

  it.each(['--upload-pack=touch', '-x', 'a..b', 'HEAD:--output=x', 'a:b:c', '$(id)', 'a b', ''])(
    'refuses %j as a revision',
    async (name) => {
      await expect(run(name, 'rules', 'samples/incident')).rejects.toThrow('neither a folder nor a git revision');
    },
  );
});

describe('what attackers write', () => {
  const evil = '</code>@octocat [x](https://example.com) <img src=x>|`**\u202e\n# head';
  const logs = () =>
    logOf(stopLogging(0, `arn:aws:iam::111122223333:user/${evil}`, { requestParameters: { name: evil } }));
  const none = () => withRule(onlyAnn);

  it('is neither link, mention, markup nor table cell in Markdown', async () => {
    const { text } = await run(rulesFolder(), none(), logs(), { format: 'markdown' });
    const written = text.split('\n').filter((line) => line.includes('octocat'));
    expect(written).toHaveLength(1);
    for (const [, inside = ''] of (written[0] ?? '').matchAll(/<code>(.*?)<\/code>/g)) {
      expect(inside.replace(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N} -]*$/u);
    }
    expect((written[0] ?? '').replace(/<code>.*?<\/code>/g, '')).toMatch(/^- removed: 1 finding of , [\w&#;-]+<br>$/);
  });

  it('does nothing to a terminal', async () => {
    const stream = new PassThrough();
    const io = createIo({ stdout: stream, stderr: stream });
    const file = logOf(stopLogging(0, `arn:aws:iam::111122223333:user/\u001b[2J${evil}`));
    await diff(rulesFolder(), none(), [file], { format: 'text', minSeverity: 'medium' }, io);
    const written = String(stream.read());
    expect(written).toContain('octocat');
    for (const sign of ['\u001b', '\u202e']) expect(written).not.toContain(sign);
    expect(written).not.toMatch(/^# head/m);
  });
});

describe('Markdown', () => {
  it('stays below what GitHub takes for a comment, and counts the rest', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `cloudtrail-trail-halted-${index}`);
    const many = Object.fromEntries(
      ids.flatMap((id) => [
        [`cloudtrail/${id}.json`, exampleRule({ id })],
        [`cloudtrail/${id}.test.json`, exampleRuleTest()],
      ]),
    );
    const { text } = await run(rulesFolder(), rulesFolder(many), logOf(stopLogging(0, ann)), { format: 'markdown' });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\d+ rules more would not fit here/);
  });
});
