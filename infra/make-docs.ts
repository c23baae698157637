import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readRuleFiles } from '../cli/read-rules.ts';
import { jsonSchemas } from '../engine/json-schema.ts';
import { renderOperatorDocs } from '../engine/operator-docs.ts';
import { renderRemediationDocs } from '../engine/remediation-docs.ts';
import { renderCatalogue } from '../engine/rule-catalogue.ts';
import { kindOf, type SourceFile } from '../engine/rule-files.ts';
import { parseRuleSet } from '../engine/rule-set.ts';
import { sharedConditionSchema } from '../engine/shared-condition.ts';

/** A document that is made from the code; `path` is relative to the repository. */
export type MadeDocument = { readonly path: string; readonly text: string };

/** All documents that are made from the code. Run this file to write them; a test holds the committed ones equal. */
export const makeDocs = (): readonly MadeDocument[] => [
  { path: 'docs/operators.md', text: renderOperatorDocs() },
  { path: 'docs/remediations.md', text: renderRemediationDocs() },
  ...Object.entries(jsonSchemas()).map(([name, schema]) => ({
    path: `rules/${name}`,
    text: `${JSON.stringify(schema, null, 2)}\n`,
  })),
];

/** The folder that holds the catalogue of the rules and nothing else. */
export const catalogueFolder = 'docs/rules';

/** The catalogue of the rules, made from their files. */
export const makeCatalogue = (files: readonly SourceFile[]): readonly MadeDocument[] => {
  const conditions = new Map(
    files
      .filter(({ path }) => kindOf(path) === 'condition')
      .map(({ path, text }) => [basename(path, '.json'), sharedConditionSchema.parse(JSON.parse(text))] as const),
  );
  return renderCatalogue(parseRuleSet(files).ruleSet, conditions).map(({ path, text }) => ({
    path: `${catalogueFolder}/${path}`,
    text,
  }));
};

const writeDocs = (repository: string): void => {
  const documents = [...makeDocs(), ...makeCatalogue(readRuleFiles(join(repository, 'rules')))];
  // The page of a rule that is gone would stay.
  rmSync(join(repository, catalogueFolder), { recursive: true, force: true });
  for (const { path, text } of documents) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  process.stdout.write(`${documents.length} documents\n`);
};

if (import.meta.main) writeDocs(join(import.meta.dirname, '..'));
