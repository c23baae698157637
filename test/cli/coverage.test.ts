import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CoverageOptions, coverage } from '../../cli/coverage.ts';
import { tactics, techniques } from '../../engine/attack.ts';
import { exampleRule, rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const evil = '<script>alert("x")</script> | & \'quoted\'';
const rules = (): string =>
  rulesFolder({
    'cloudtrail/cloudtrail-trail-halted.json': exampleRule({ attack: ['T1685.002'] }),
    'coverage.json': {
      families: { D: { title: `Known ${evil}`, of: 3 } },
      techniques: { T1005: `It is ${evil} inside of machines.` },
      detections: {
        D001: { detects: `A trail halts ${evil}`, rules: ['cloudtrail-trail-halted'] },
        D002: { detects: 'The moon', leftOut: 'CloudTrail does not tell of the moon or its phases.' },
      },
    },
    'frameworks/a.json': {
      title: `Standard ${evil}`,
      version: '1',
      source: 'https://example.com/?a=1&b=2',
      scope: `All ${evil}`,
      controls: {
        'A.1': { title: `Logging ${evil}`, servedBy: { attack: ['T1685'] } },
        'A.2': { title: 'The moon', leftOut: 'CloudTrail does not tell of the moon or its phases.' },
        'A.3': { title: 'Nobody thought of it' },
      },
    },
    'frameworks/b.json': { title: 'B', version: '2', source: 'https://example.com', scope: 'All.', controls: {} },
  });

const run = (options: Partial<CoverageOptions> = {}) => {
  const { io, out, err } = createTerminal(() => Date.UTC(2026, 10, 25));
  const code = coverage({ rules: rules(), format: 'text', ...options }, io);
  return { code, text: out.join('\n'), err };
};

describe('coverage', () => {
  it('tells how much is covered and names what is not, with the reason', () => {
    const { code, text } = run();
    expect(code).toBe(0);
    expect(text).toContain('1 of 3 covered, 1 left out, 1 open');
    expect(text).toContain('left out  A.2  The moon: CloudTrail does not tell of the moon');
    expect(text).toContain('open      A.3  Nobody thought of it');
    expect(text).not.toContain('A.1');
    expect(text).toMatch(/TA0112 {2}Defense Impairment: 2 of \d+ covered/);
    expect(text).toContain('2 of 3 decided: 1 of 2 covered, 1 left out');
  });

  it('tells everything of one framework, with the rules', () => {
    const { text, err } = run({ framework: ['a'] });
    expect(text).toMatch(/covered {3}A\.1 {2}Logging .*: every rule/);
    expect(text).not.toContain('TA0112');
    expect(err).toEqual(['1 rule, 1 framework']);
  });

  it('refuses a framework that is not there, and one for a layer', () => {
    expect(() => run({ framework: ['c'] })).toThrow('there is no framework "c"');
    expect(() => run({ framework: ['a'], format: 'navigator' })).toThrow('leave out --framework');
  });

  it('writes JSON with a state and rules for each control, technique and detection', () => {
    const report = JSON.parse(run({ format: 'json' }).text);
    expect(report.date).toBe('2026-11-25');
    expect(report.frameworks[0].controls.map(({ state }: { state: string }) => state)).toEqual([
      'covered',
      'left out',
      'open',
    ]);
    expect(report.attack.tactics).toHaveLength(Object.keys(tactics).length);
    expect(report.detections[0].detections[0]).toMatchObject({ id: 'D001', rules: ['cloudtrail-trail-halted'] });
  });

  it('writes a layer of the Navigator: the score is the number of rules', () => {
    const layer = JSON.parse(run({ format: 'navigator' }).text);
    expect(layer).toMatchObject({ domain: 'enterprise-attack', versions: { attack: '19', layer: '4.5' } });
    const score = Object.fromEntries(
      layer.techniques.map((each: Record<string, unknown>) => [each.techniqueID, each.score]),
    );
    expect(Object.keys(score).toSorted()).toEqual(Object.keys(techniques).toSorted());
    expect(score).toMatchObject({ 'T1685.002': 1, T1685: 1, T1005: 0 });
  });

  it('writes Markdown whose rows are as wide as their heads, whatever texts hold', () => {
    const { text } = run({ format: 'markdown' });
    const tables = text.match(/(?:^\|.*\n?)+/gm) ?? [];
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((row) => row.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
    expect(text).not.toContain('<script');
  });

  it('writes HTML that loads and runs nothing, and escapes every text', () => {
    const { text } = run({ format: 'html' });
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).not.toMatch(/<script|<img|<link|javascript:| on\w+=|@import|url\(/i);
    expect(text).toContain('Logging &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; | &amp; &#39;quoted&#39;');
    expect(text).toContain('href="https://example.com/?a=1&amp;b=2"');
    expect(text).toContain("default-src 'none'");
  });

  it('writes HTML that is closed where it is opened, with headings of tables and links that lead somewhere', () => {
    const { text } = run({ format: 'html' });
    const open: string[] = [];
    for (const [, slash, name = ''] of text.replace(/<!doctype html>/, '').matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (name === 'meta') continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    const tables = text.match(/<table>/g)?.length ?? 0;
    expect(text.match(/<caption>/g)).toHaveLength(tables);
    expect(text.match(/<th scope="col">/g)).toHaveLength(4 * tables);
    for (const [, id = ''] of text.matchAll(/href="#([^"]+)"/g)) expect(text).toContain(`<h2 id="${id}">`);
  });

  it('goes into a file, in folders that it makes', () => {
    const out = join(temporaryFolder(), 'reports', 'coverage.json');
    const { text, err } = run({ format: 'json', out });
    expect(text).toBe('');
    expect(JSON.parse(readFileSync(out, 'utf8')).rules).toBe(1);
    expect(err).toEqual([`1 rule, 2 frameworks, 15 tactics: ${out}`]);
  });
});
