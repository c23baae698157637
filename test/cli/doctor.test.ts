import { describe, expect, it } from 'vitest';
import { type DoctorOptions, doctor } from '../../cli/doctor.ts';
import type { Ask } from '../../engine/doctor/ask.ts';
import { createTerminal } from './terminal.ts';

const options = { rules: 'rules', region: [], silenceHours: 24, format: 'text' } as const;
const run = async (
  ask: Ask,
  readRegions: () => Promise<readonly string[]>,
  change: Partial<DoctorOptions> = {},
  entered: unknown[] = [],
) => {
  const { io, out, err } = createTerminal();
  const code = await doctor(
    { ...options, ...change },
    io,
    Promise.resolve({
      ask,
      readAccount: async () => '111122223333',
      readRegions,
      enterBy: (role, externalId) => async (site) => {
        entered.push([site.account, site.region, role, externalId]);
        throw new Error('no role there lets Trailwire in');
      },
    }),
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

  const organization = 'infra/organization/parameters.json';
  const nothing = async () => ({ MetricDataResults: [], trailList: [] });

  it('looks into the accounts of an organization by a role in each', async () => {
    const entered: unknown[] = [];
    const change = { organization, role: 'audit', externalId: 'ours', region: ['eu-central-1'] };
    const { code, out, err } = await run(nothing, async () => ['us-east-1'], change, entered);
    expect(code).toBe(1);
    expect(entered).toEqual([
      ['444455556666', 'eu-central-1', 'audit', 'ours'],
      ['777788889999', 'eu-central-1', 'audit', 'ours'],
    ]);
    expect(err).toContain('Looking into 2 accounts of the organization by the role audit');
    expect(out.join('\n')).toContain(
      'Accounts 444455556666, 777788889999: Could not look at the account: no role there lets Trailwire in',
    );
  });

  it('asks for the role, and for a file of parameters that holds', async () => {
    const regions = async () => ['us-east-1'];
    await expect(run(nothing, regions, { organization })).rejects.toThrow('--organization needs --role');
    await expect(run(nothing, regions, { organization: 'package.json', role: 'audit' })).rejects.toThrow(
      /^package\.json: organizationId: /,
    );
    await expect(run(nothing, regions, { organization: 'nowhere.json', role: 'audit' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
