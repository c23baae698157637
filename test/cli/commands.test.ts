import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { regions, stackTable } from '../../cli/commands/options.ts';

const main = 'cli/main.mjs';

describe('the command line', () => {
  it.each([['learn'], ['respond', 'list']])('means the table of the stack where none is named: %s %s', (...command) => {
    const { Resources } = parse(readFileSync('infra/state.yml', 'utf8'), { logLevel: 'silent' });
    expect(stackTable).toBe(Resources.StateTable.Properties.TableName);
    const help = execFileSync(process.execPath, [main, ...command, '--help'], { encoding: 'utf8' });
    expect(help).toMatch(new RegExp(`--table(?:-name)? <name> .*\\(default: "${stackTable}"\\)`));
  });

  it('takes regions one after the other or each with its own --region, and none twice', () => {
    const [, , parseRegions] = regions;
    const given = ['us-east-1', 'eu-west-1', 'us-east-1'].reduce<readonly string[]>(
      (before, text) => parseRegions(text, before),
      [],
    );
    expect(given).toEqual(['us-east-1', 'eu-west-1']);
  });

  it('can be run by its path, as npx runs it', () => {
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(bin).toEqual({ trailwire: main });
    expect(() => accessSync(main, constants.X_OK)).not.toThrow();
  });

  it('keeps what it compiled beside its dependencies, unless told of another folder', () => {
    const { NODE_COMPILE_CACHE: _, ...env } = process.env;
    const run = (more: NodeJS.ProcessEnv) =>
      execFileSync(process.execPath, [main, '--version'], { env: { ...env, ...more } });
    const usual = 'node_modules/.cache/trailwire';
    const other = mkdtempSync(join(tmpdir(), 'trailwire-compiled-'));
    run({});
    const before = readdirSync(usual, { recursive: true }).length;
    run({ NODE_COMPILE_CACHE: other });
    expect(before).toBeGreaterThan(10);
    expect(readdirSync(other, { recursive: true }).length).toBeGreaterThan(10);
    rmSync(other, { recursive: true });
  });

  it.each(['pull history', 'doctor'])('refuses what is no region before it asks AWS: %s', (command) => {
    const args = [main, ...command.split(' '), '--region', 'eu-west-1', 'evil.example/'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toContain('expected a region such as "us-east-1"');
    expect(status).toBe(2);
  });
});
