import { expect, it } from 'vitest';
import { renderSeverity } from '../../cli/render.ts';
import { severitySchema } from '../../engine/severity.ts';
import { createTerminal } from './terminal.ts';

it.each(severitySchema.options)('a severity stands apart from what follows it: %s', (severity) => {
  expect(renderSeverity(severity, createTerminal().io)).toMatch(/^[A-Z]+ +$/);
});
