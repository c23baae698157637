import { describe, expect, it } from 'vitest';
import { type PermissionsOptions, permissions } from '../../cli/permissions.ts';
import { exampleRule, rulesFolder } from './rules-folder.ts';
import { createTerminal } from './terminal.ts';

const run = (names: readonly string[], options: Partial<PermissionsOptions> = {}) => {
  const { io, out, err } = createTerminal();
  const code = permissions(
    names,
    { rules: 'rules', account: '111122223333', region: 'eu-west-1', for: 'respond', ...options },
    io,
  );
  const policy = JSON.parse(out.join('\n'));
  const actions = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  return { code, policy, actions, err };
};

describe('permissions', () => {
  it('prints the policy for a response as JSON that IAM takes as it is', () => {
    const { code, policy, err } = run(['deactivate-access-key']);
    expect(code).toBe(0);
    const Resource = ['arn:aws:iam::111122223333:user/*'];
    expect(policy).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'ReadUsers', Effect: 'Allow', Action: ['iam:ListAccessKeys'], Resource },
        { Sid: 'ChangeUsers', Effect: 'Allow', Action: ['iam:UpdateAccessKey'], Resource },
      ],
    });
    expect(err).toEqual(['To respond with 1 response: deactivate-access-key']);
  });

  it('tells who only looks from who acts and from who takes it back', () => {
    const look = ['cloudtrail:GetTrailStatus'];
    expect(run(['restart-trail'], { for: 'plan' }).actions).toEqual(look);
    expect(run(['restart-trail']).actions).toEqual([...look, 'cloudtrail:StartLogging']);
    expect(run(['restart-trail'], { for: 'undo' }).actions).toEqual([...look, 'cloudtrail:StopLogging']);
  });

  it('takes the responses that the rules name', () => {
    const rules = rulesFolder({
      'cloudtrail/cloudtrail-trail-halted.json': exampleRule({ respond: { remediate: [{ run: 'restart-trail' }] } }),
    });
    expect(run([], { rules }).actions).toEqual(['cloudtrail:GetTrailStatus', 'cloudtrail:StartLogging']);
  });

  it('names the partition of the region', () => {
    const { policy } = run(['deactivate-access-key'], { region: 'cn-*' });
    expect(policy.Statement[0].Resource).toEqual(['arn:aws-cn:iam::111122223333:user/*']);
  });

  it('hints at the response that was meant, and refuses what is no account or region', () => {
    expect(() => run(['deactivate-acess-key'])).toThrow('did you mean "deactivate-access-key"?');
    expect(() => run([], { account: '1111' })).toThrow('12 digits');
    expect(() => run([], { region: 'Ireland' })).toThrow('is no region');
  });
});
