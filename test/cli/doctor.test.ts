import { describe, expect, it } from 'vitest';
import { doctor } from '../../cli/doctor.ts';
import type { Ask } from '../../engine/doctor/ask.ts';
import { createTerminal } from './terminal.ts';

const options = { rules: 'rules', region: [], silenceHours: 24, format: 'text' } as const;
const run = async (ask: Ask, readRegions: () => Promise<readonly string[]>) => {
  const { io, out, err } = createTerminal();
  const code = await doctor(
    options,
    io,
    Promise.resolve({ ask, readAccount: async () => '111122223333', readRegions }),
  );
  return { code, out, err };
};

describe('doctor', () => {
  it('without any right to look says of everything that it could not, and fails', async () => {
    const denied = async (what: string) => {
      throw Object.assign(new Error(`no right to ${what}`), { name: 'AccessDeniedException' });
    };
    const { code, out, err } = await run(denied, () => denied('ec2:DescribeRegions'));
    expect(code).toBe(1);
    expect(out.filter((line) => line.startsWith('MEDIUM'))).toHaveLength(10);
    expect(out.join('\n')).toContain('AccessDeniedException: no right to ec2:DescribeRegions');
    expect(err).toEqual(['Looking at account 111122223333 in 1 region', '10 complaints: 10 medium']);
  });

  it('takes an answer that it does not understand for none', async () => {
    const { code, out } = await run(
      async () => ({ QueueUrls: 5 }),
      async () => ['us-east-1'],
    );
    expect(code).toBe(1);
    expect(out.join('\n')).toContain('sqs:ListQueues answered otherwise than expected: QueueUrls: ');
  });
});
