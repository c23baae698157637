import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ReplayOptions, replay } from '../../cli/replay.ts';
import { exampleRecord } from '../example-records.ts';
import { validateFinding } from '../ocsf/validators.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const incident = 'samples/incident';

const stopLogging = (eventID: string, fields: object = {}) =>
  exampleRecord({
    eventID,
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'main' },
    responseElements: null,
    ...fields,
  });
/** A record that no rule is about. */
const quiet = (eventID: string, fields: object = {}) =>
  exampleRecord({
    eventID,
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeVpcs',
    requestParameters: null,
    responseElements: null,
    readOnly: true,
    ...fields,
  });
const lines = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

const fileOf = (content: string): string => {
  const file = join(temporaryFolder(), 'log.jsonl');
  writeFileSync(file, content);
  return file;
};

const run = async (paths: readonly string[], options: Partial<ReplayOptions> = {}) => {
  const terminal = createTerminal();
  const code = await replay(paths, { rules: 'rules', format: 'text', ...options }, terminal.io);
  return { code, out: terminal.out, err: terminal.err };
};

/** The program itself, as people start it. */
const start = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['cli/main.mjs', 'replay', ...args], { stdio: 'pipe' });
const ended = async (child: ChildProcess) => {
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
  return { out, err, code };
};

describe('the summary', () => {
  it('counts records, duplicates, matches and findings of each rule, and goes to stderr', async () => {
    const file = fileOf(lines(stopLogging('1'), quiet('2'), stopLogging('1'), stopLogging('3')));
    const { code, out, err } = await run([file]);
    expect(code).toBe(0);
    expect(out[0]).toBe('CRITICAL  CloudTrail trail stopped');
    expect(err.join('\n')).toMatch(/^4 records read, 1 of them duplicate/m);
    // Each stop needs its own answer; changes of the configuration in one window are one finding.
    expect(err.join('\n')).toMatch(/critical +2 from 2 matches +cloudtrail-trail-stopped/);
    expect(err.join('\n')).toMatch(/low +1 from 2 matches +cloudtrail-configuration-changed/);
    expect(err.join('\n')).toContain('0 unreadable items, 0 rule failures, 0 suppressed matches');
    expect(err.at(-1)).toMatch(/deactivate-access-key on access-key AKIAIOSFODNN7EXAMPLE/);
  });

  it('says what it saw where there is nothing to find', async () => {
    const { code, out, err } = await run([fileOf(lines(quiet('1')))]);
    expect({ code, out }).toEqual({ code: 0, out: [] });
    expect(err.at(-1)).toBe('0 findings');
  });

  it('names what cannot be read and what is left out, with its place', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), `${lines(quiet('1'))}broken\n`);
    writeFileSync(join(folder, 'b.json'), JSON.stringify({ digestStartTime: '2026-10-14T08:00:00Z' }));
    const { code, err } = await run([folder]);
    expect(code).toBe(0);
    expect(err[0]).toMatch(`cannot read ${folder}/a.jsonl:2: not JSON`);
    expect(err.join('\n')).toContain('1 skipped: CloudTrail digest');
    expect(err.join('\n')).toContain('1 unreadable items');
  });

  it('names fifty places that cannot be read, and only counts the others', async () => {
    const { err } = await run([fileOf(`${lines(quiet('1'))}${'broken\n'.repeat(200)}`)]);
    expect(err.filter((line) => line.startsWith('cannot read'))).toHaveLength(50);
    expect(err.join('\n')).toContain('200 unreadable items');
  });

  it('tells how far it is, now and then, where the terminal can draw', async () => {
    const drawn: string[] = [];
    const terminal = createTerminal();
    let time = 0;
    const io = { ...terminal.io, now: () => (time += 60), progress: (line: string) => drawn.push(line) };
    await replay([incident], { rules: 'rules', format: 'text', minSeverity: 'medium' }, io);
    expect(drawn.length).toBeGreaterThan(10);
    expect(drawn[0]).toMatch(/^\d+ records \(\d+\/s\), \d+ findings {2}.*\.json\.gz/);
  });
});

describe('severities', () => {
  it('shows findings from --min-severity up, and says how many more there are', async () => {
    const critical = await run([incident], { minSeverity: 'critical' });
    const all = await run([incident], { minSeverity: 'informational' });
    const shown = (out: readonly string[]) =>
      out.filter((line) => /^(?:INFORMATIONAL|LOW|MEDIUM|HIGH|CRITICAL)\b/.test(line));
    expect(shown(critical.out).length).toBeGreaterThan(0);
    expect(shown(critical.out).filter((line) => !line.startsWith('CRITICAL'))).toEqual([]);
    expect(shown(all.out)).toEqual(expect.arrayContaining([expect.stringMatching(/^LOW/)]));
    expect(critical.err.join('\n')).toMatch(
      /\d+ findings below critical not shown; --min-severity informational shows all/,
    );
    expect(all.err.join('\n')).not.toContain('not shown');
  });

  it.each([
    ['high', 1],
    ['critical', 1],
    [undefined, 0],
  ] as const)('with --fail-on %s a critical finding makes the exit code %i', async (failOn, expected) => {
    const options = failOn === undefined ? {} : { failOn };
    expect((await run([fileOf(lines(stopLogging('1')))], options)).code).toBe(expected);
  });

  it('with --fail-on of more than there is, the exit code is 0', async () => {
    const file = fileOf(lines(stopLogging('1', { errorCode: 'AccessDenied' })));
    const { code, err } = await run([file], { failOn: 'critical' });
    expect(err.join('\n')).toContain('cloudtrail-tampering-denied');
    expect(code).toBe(0);
  });

  it('counts towards --fail-on what is too low to be shown', async () => {
    expect((await run([incident], { minSeverity: 'critical', failOn: 'low' })).code).toBe(1);
  });
});

describe('jsonl', () => {
  it('is one valid OCSF Detection Finding a line', async () => {
    const { code, out, err } = await run([incident], { format: 'jsonl' });
    expect(code).toBe(0);
    const findings = out.map((line) => JSON.parse(line));
    expect(findings.length).toBeGreaterThan(20);
    for (const finding of findings) expect(validateFinding(finding), finding.finding_info.title).toEqual([]);
    expect(new Set(findings.map(({ severity }) => severity))).toContain('Low');
    expect(err.join('\n')).toContain(`${findings.length} findings`);
  });

  it('is the same, byte for byte, for the same logs on any day', async () => {
    const strange = lines(
      stopLogging('1'),
      stopLogging('2', { eventTime: 'yesterday', requestParameters: { name: 'other' } }),
    );
    const paths = [incident, fileOf(strange)];
    const first = await run(paths, { format: 'jsonl' });
    const second = await run(paths, { format: 'jsonl' });
    expect(first.out.join('\n')).toContain('yesterday');
    expect(second.out).toEqual(first.out);
  });

  it('carries a record that would act on a terminal in escaped form, whole', async () => {
    const name = 'evil\u001b[2J\u009b\u202etxt\u2028\u0007\u{e0041}';
    const { out } = await run([fileOf(lines(stopLogging('1', { requestParameters: { name } })))], {
      format: 'jsonl',
      minSeverity: 'critical',
    });
    expect(out).toHaveLength(1);
    expect(out[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(out[0]!).evidences[0].data.requestParameters.name).toBe(name);
  });
});

describe('what is told', () => {
  it('was taken before more is read', async () => {
    const file = fileOf(lines(stopLogging('1'), ...Array.from({ length: 5_000 }, (_, id) => quiet(`quiet ${id}`))));
    const later = fileOf(lines(stopLogging('2')));
    const { io, out } = createTerminal();
    const told: number[] = [];
    const taken = async () => {
      // Whoever did not wait would have read everything meanwhile.
      await setImmediate();
      told.push(out.filter((line) => line.includes('trail stopped')).length);
    };
    await replay([file, later], { rules: 'rules', format: 'text' }, { ...io, taken });
    expect([told[0], told.at(-1)]).toEqual([1, 2]);
  });
});

describe('hostile records', () => {
  it('do not reach the terminal with what would act on it', async () => {
    const evil = '\u001b[2J\u001b]0;title\u0007\u009b31m\u202ereversed\u2066\r\nCRITICAL  forged line';
    const record = stopLogging(`1${evil}`, {
      requestParameters: { name: evil },
      userAgent: evil,
      sourceIPAddress: evil,
      awsRegion: evil,
      userIdentity: { type: 'IAMUser', userName: evil, arn: evil, accountId: '111122223333' },
    });
    const { out, err } = await run([fileOf(lines(record))], { minSeverity: 'informational' });
    expect(out.length).toBeGreaterThan(3);
    for (const line of [...out, ...err]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(out.filter((line) => line.startsWith('CRITICAL'))).toEqual(['CRITICAL  CloudTrail trail stopped']);
  });

  const withDeepRecord = (): string => {
    const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
    const record = JSON.stringify(stopLogging('1', { requestParameters: 'DEEP' })).replace('"DEEP"', deep);
    const other = stopLogging('2', { requestParameters: { name: 'other' } });
    return fileOf(`${record}\n${lines(other)}`);
  };

  it('nested deeper than anybody foresaw hide no other', async () => {
    const { code, out } = await run([withDeepRecord()], { failOn: 'critical' });
    expect(code).toBe(1);
    expect(out).toContainEqual(expect.stringContaining('stopped the trail other'));
  });

  it('that cannot be written down are named, and hide no other', async () => {
    const path = withDeepRecord();
    const { code, out, err } = await run([path], { format: 'jsonl', minSeverity: 'critical' });
    expect(out.map((line) => JSON.parse(line).evidences[0].data.eventID)).toEqual(['2']);
    expect(err.join('\n')).toContain(`cannot read ${path}`);
    expect(code).toBe(1);
  });
});

describe('what cannot be done', () => {
  it.each([
    ['a path that is not there', ['no/such/path'], /^cannot read no\/such\/path: ENOENT/],
    ['a file that is no log', ['package.json'], /^cannot read package\.json: JSON that is not from CloudTrail/],
    ['a folder without logs', ['.github/../cli/no-such', 'lint'], /^cannot read/],
  ])('%s alone is exit code 2', async (_, paths, says) => {
    const { code, err } = await run(paths);
    expect(err[0]).toMatch(says);
    expect(code).toBe(2);
  });

  it('rules with a problem are not replayed: the message names file and place', async () => {
    const rules = temporaryFolder();
    writeFileSync(join(rules, 'strange.json'), '{}');
    await expect(run([incident], { rules })).rejects.toThrow(`${rules}/strange.json: not a place for a file`);
  });

  it.each([
    ['an unknown flag', ['--min-severty', 'low', incident], /error: unknown option '--min-severty'.*--min-severity/s],
    ['an unknown severity', ['--fail-on', 'hi', incident], /'hi' is invalid. Allowed choices are informational, low/],
    ['no path', [], /missing required argument 'path'/],
    [
      'a rules folder that is not there',
      ['--rules', 'no-rules', incident],
      /cannot read the rules in no-rules: ENOENT/,
    ],
  ])('%s is exit code 2 with a message and no stack trace', async (_, args, says) => {
    const { out, err, code } = await ended(start(...args));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('the program', () => {
  it('reads stdin as -, and exits with 1 where --fail-on says so', async () => {
    const child = start('-', '--fail-on', 'high');
    child.stdin!.end(lines(stopLogging('1')));
    const { out, code } = await ended(child);
    expect(out).toMatch(/^CRITICAL {2}CloudTrail trail stopped\n/);
    expect(code).toBe(1);
  });

  it('reads a named pipe, whose writer would be gone if it were opened twice', async () => {
    const pipe = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const child = start(pipe);
    onTestFinished(() => void child.kill());
    const [{ out, code }] = await Promise.all([ended(child), writeFile(pipe, lines(stopLogging('1')))]);
    expect(out).toMatch(/^CRITICAL {2}CloudTrail trail stopped\n/);
    expect(code).toBe(0);
  });

  it('ends quietly, as SIGPIPE ends programs, when the reader of its output goes away', async () => {
    const script =
      'set -o pipefail; "$0" cli/main.mjs replay samples/incident --format jsonl | head -1 | wc -l; echo $?';
    const child = spawn('bash', ['-c', script, process.execPath], { stdio: 'pipe' });
    const { out, err } = await ended(child);
    expect(err).not.toMatch(/EPIPE|Error|\n\s+at /);
    expect(out.trim().split('\n')).toEqual(['1', '141']);
  });

  it('reads on behind 300 MB in one line, which it names, in less than 320 MB of memory', async () => {
    const peak = `process.on('exit', () => console.error(process.getBuiltinModule('fs').readFileSync('/proc/self/status', 'utf8')));`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(peak)}`, 'cli/main.mjs', 'replay', '-'];
    const child = spawn(process.execPath, args, { stdio: 'pipe' });
    const done = ended(child);
    const megabyte = Buffer.alloc(1 << 20, 'x');
    child.stdin.write(lines(quiet('1')));
    for (let written = 0; written < 300; written++) {
      if (!child.stdin.write(megabyte)) await once(child.stdin, 'drain');
    }
    child.stdin.end(`\n${lines(stopLogging('2'))}`);
    const { out, err, code } = await done;
    expect(err).toContain('cannot read stdin:2: more than 64 MiB in one line');
    expect(out).toContain('CloudTrail trail stopped');
    expect(code).toBe(0);
    expect(Number(/^VmHWM:\s+(\d+) kB/m.exec(err)?.[1])).toBeLessThan(320_000);
  });
});
