import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonSchemas } from '../engine/json-schema.ts';
import { renderOperatorDocs } from '../engine/operator-docs.ts';
import { renderRemediationDocs } from '../engine/remediation-docs.ts';

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

const writeDocs = (repository: string): void => {
  for (const { path, text } of makeDocs()) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
    process.stdout.write(`${path}\n`);
  }
};

if (import.meta.main) writeDocs(join(import.meta.dirname, '..'));
