import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { visitCondition } from '../../engine/condition.ts';
import { markdownCode, markdownText } from '../../engine/markdown.ts';
import { decorators, operators } from '../../engine/operators.ts';
import { allRulesOf, parseRuleSet } from '../../engine/rule-set.ts';
import { catalogueFolder, makeCatalogue, makeDocs } from '../../infra/make-docs.ts';

const repository = join(import.meta.dirname, '../..');

const files = readRuleFiles(join(repository, 'rules'));
const catalogue = makeCatalogue(files);

describe('the documents made from the code', () => {
  it.each(makeDocs())('$path is what infra/make-docs.ts makes', ({ path, text }) => {
    expect(readFileSync(join(repository, path), 'utf8')).toBe(text);
  });

  it('name every operator and every decorator, each in a section of its own', () => {
    const text = makeDocs().find(({ path }) => path === 'docs/operators.md')?.text ?? '';
    for (const name of Object.keys(operators)) expect(text).toContain(`\n### \`${name}\`\n`);
    for (const name of Object.keys(decorators)) expect(text).toContain(`\n### \`${name}:\`\n`);
  });

  it('have tables whose rows are as wide as their heads', () => {
    for (const { path, text } of [...makeDocs(), ...catalogue]) {
      for (const table of text.match(/(?:^\|.*\n)+/gm) ?? []) {
        const widths = table
          .trimEnd()
          .split('\n')
          .map((row) => row.split(/(?<!\\)\|/).length);
        expect(new Set(widths).size, `${path}: ${table.slice(0, 80)}`).toBe(1);
      }
    }
  });
});

describe('the catalogue of the rules', () => {
  const { ruleSet } = parseRuleSet(files);
  const rules = allRulesOf(ruleSet);
  const pages = new Map(catalogue.map(({ path, text }) => [path, text]));
  const pageOf = (id: string): string =>
    pages.get(`${catalogueFolder}/${ruleSet.files.get(id)?.replace(/json$/, 'md')}`) ?? '';

  it('is what `npm run docs` makes of the rules: no page is old, missing or left over', () => {
    const committed = readdirSync(join(repository, catalogueFolder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(repository.length + 1));
    expect(committed.toSorted()).toEqual([...pages.keys()].toSorted());
    const old = catalogue.filter(({ path, text }) => readFileSync(join(repository, path), 'utf8') !== text);
    expect(old.map(({ path }) => path)).toEqual([]);
  });

  it('has of every rule its title, description, severity, steps, cases, techniques and references', () => {
    for (const { id, title = '', description = '', severity, runbook = '', attack, references } of rules) {
      const page = pageOf(id);
      const cases = ruleSet.tests.get(id)?.cases ?? [];
      const steps = runbook.split('\n').map((step) => step.replace(/^\d+\. /, ''));
      for (const text of [title, description, ...steps, ...cases.map(({ name }) => name)])
        expect(page, id).toContain(markdownText(text));
      for (const text of [...attack, ...references]) expect(page, id).toContain(text);
      expect(page, id).toContain(`**${severity}**`);
    }
  });

  it('has every field that a rule asks for, and every shared condition that it names', () => {
    for (const { id, conditions } of ruleSet.rules) {
      const page = pageOf(id);
      visitCondition(conditions, '', (node) => {
        if ('fact' in node) expect(page, id).toContain(markdownCode(node.fact));
        if ('condition' in node) expect(page, id).toContain(`conditions.md#${node.condition})`);
      });
    }
  });

  it('has links that lead somewhere', () => {
    const dead = catalogue.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#([^)]*))?\)/g)].flatMap(([, to = '', section]) => {
        const target = join(dirname(path), to);
        if (!pages.has(target) && !existsSync(join(repository, target))) return [`${path}: ${to}`];
        if (section === undefined) return [];
        const page = pages.get(target) ?? readFileSync(join(repository, target), 'utf8');
        return page.includes(`\n## ${section}\n`) ? [] : [`${path}: ${to}#${section}`];
      }),
    );
    expect(dead).toEqual([]);
  });
});
