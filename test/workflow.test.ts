import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { commitRules, copyProject } from './project-copy.ts';

type Step = { name?: string; uses?: string; run?: string; with?: Record<string, unknown>; if?: string };
type Job = { permissions: Record<string, string>; steps: Step[]; needs?: string };
type Workflow = { on: Record<string, { paths: string[] }>; permissions: object; jobs: Record<string, Job> };

const text = readFileSync('.github/workflows/rules.yml', 'utf8');
const workflow: Workflow = parse(text);
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const scriptOf = (name: string): string => {
  const found = steps.find((step) => step.name === name)?.run;
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
};

/** A script as a runner runs it: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell */
const runScript = (script: string, folder: string, env: Record<string, string>) =>
  spawnSync('bash', ['-e', '-c', script], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });

describe('.github/workflows/rules.yml', () => {
  it('runs on pull requests that touch rules, without a right that a job does not name', () => {
    expect(workflow.on).toEqual({ pull_request: { paths: ['rules/**'] } });
    expect(workflow.permissions).toEqual({});
    expect(Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions])).toEqual([
      ['prove', { contents: 'read' }],
      ['comment', { 'pull-requests': 'write' }],
    ]);
  });

  it('runs nothing of the pull request where the token can write', () => {
    const { steps: ofComment = [] } = workflow.jobs.comment ?? {};
    expect(ofComment.map(({ uses }) => uses?.replace(/@.*/, ''))).toEqual(['actions/download-artifact', undefined]);
    expect(scriptOf('comment')).not.toMatch(/npm|npx|node |git /);
  });

  it('puts no expression into a script, where a branch or title could be code', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  it('pins each action to a commit, and says which version that is', () => {
    const used = text.split('\n').filter((line) => line.includes('uses:'));
    expect(used).toHaveLength(3);
    for (const line of used) expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('names commands that there are', () => {
    const commands = steps.flatMap(({ run = '' }) => [...run.matchAll(/npx trailwire (\w+)/g)].map(([, name]) => name));
    expect(commands).toEqual(['check', 'test', 'diff']);
    const help = execFileSync(process.execPath, ['cli/main.mjs', '--help'], { encoding: 'utf8' });
    for (const name of commands) expect(help).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('fails where a change loses an alert of the sample incident, and says which', () => {
    const folder = copyProject();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    commitRules(folder);
    const file = join(folder, 'rules/guardduty/guardduty-detector-deleted.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"severity": "high"', '"severity": "low"'));
    commitRules(folder);
    const summary = join(folder, 'summary.md');
    const script = scriptOf('diff').replace('npx trailwire', `'${process.execPath}' cli/main.mjs`);
    const { status, stderr } = runScript(script, folder, { GITHUB_STEP_SUMMARY: summary });
    expect(stderr).toContain('1 alert would be lost, and at most 0 may be.');
    expect(status).toBe(1);
    for (const written of [summary, join(folder, 'diff.md')]) {
      expect(readFileSync(written, 'utf8')).toContain('<code>guardduty-detector-deleted</code>');
    }
    writeFileSync(file, '{');
    commitRules(folder);
    expect(runScript(script, folder, { GITHUB_STEP_SUMMARY: summary }).status).toBe(2);
    expect(readFileSync(join(folder, 'diff.md'), 'utf8')).toContain('The rules could not be compared');
  }, 60_000);

  it.each([
    ['writes a comment where there is none', '', 'POST', 'repos/acme/alerts/issues/7/comments'],
    ['rewrites its own where there is one', '41', 'PATCH', 'repos/acme/alerts/issues/comments/41'],
  ])('%s', (_, id, method, path) => {
    const folder = mkdtempSync(join(tmpdir(), 'trailwire-comment-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    // Stands for the program gh: answers the question for comments, and writes down what it is asked to do.
    const gh = `#!/bin/sh\ncase "$*" in *--paginate*) echo "${id}" ;; *) printf '%s\\n' "$@" > asked.txt ;; esac\n`;
    writeFileSync(join(folder, 'gh'), gh, { mode: 0o700 });
    writeFileSync(join(folder, 'diff.md'), '### Rules: $(touch no) `touch no`\n');
    const env = { PATH: `${folder}:${process.env.PATH}`, REPOSITORY: 'acme/alerts', PULL_REQUEST: '7', GH_TOKEN: 'x' };
    const { status, stderr } = runScript(scriptOf('comment'), folder, env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const asked = readFileSync(join(folder, 'asked.txt'), 'utf8').split('\n');
    expect(asked).toEqual(expect.arrayContaining([method, path, 'body=@comment.md']));
    expect(readFileSync(join(folder, 'comment.md'), 'utf8')).toBe(
      '<!-- trailwire diff -->\n### Rules: $(touch no) `touch no`\n',
    );
  });
});
