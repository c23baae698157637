import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpus } from './corpus.ts';
import { replayFindings } from './replay-lines.ts';

describe('records of many shapes and versions', () => {
  it.each(readdirSync(corpus('records')).filter((name) => name.endsWith('.jsonl')))(
    '%s: no rule fails on any',
    async (name) => {
      const { summary } = await replayFindings(corpus('records', name));
      expect(summary).toContain(' 0 rule failures');
    },
  );
});
