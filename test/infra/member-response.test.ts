import { describe, expect, it } from 'vitest';
import type { permissionsOf } from '../../engine/permissions.ts';
import { renderMemberResponse } from '../../infra/member-response.ts';

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as many as its resources
const resourcesFor = (...names: Parameters<typeof permissionsOf>[0][]): Readonly<Record<string, any>> =>
  renderMemberResponse(
    names.flatMap((each) => [...each]),
    false,
  ).Resources;
const trustOf = (resources: ReturnType<typeof resourcesFor>, id: string) =>
  resources[id].Properties.AssumeRolePolicyDocument.Statement[0];

describe('the template of member accounts', () => {
  const resources = resourcesFor(['restart-trail']);

  it('lets each direction in by its own function alone, with the external id and a session of Trailwire', () => {
    for (const [id, roleName, by] of [
      ['ResponseRole', 'trailwire-response', 'remediate'],
      ['ResponseUndoRole', 'trailwire-response-undo', 'undo'],
    ] as const) {
      expect(resources[id].Properties.RoleName).toBe(roleName);
      const { Action, Condition } = trustOf(resources, id);
      expect(Action).toEqual(['sts:AssumeRole', 'sts:SetSourceIdentity']);
      expect(Condition.ArnEquals['aws:PrincipalArn']['Fn::Sub']).toContain(`:role/trailwire-${by}-`);
      expect(Condition.StringEquals).toEqual({
        'sts:ExternalId': { Ref: 'ExternalId' },
        'sts:SourceIdentity': roleName,
      });
      expect(Condition.StringLike).toEqual({ 'sts:RoleSessionName': 'trailwire-*' });
    }
  });

  it('has the permissions of the responses in use, changes only where it is told to execute', () => {
    const allowed = (id: string) =>
      (
        resources[id].Properties.PolicyDocument ?? resources[id].Properties.Policies[0].PolicyDocument
      ).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(allowed('ResponseRole')).toEqual(['cloudtrail:GetTrailStatus']);
    expect(allowed('ResponseChanges')).toEqual(['cloudtrail:StartLogging']);
    expect(allowed('ResponseUndoChanges')).toEqual(['cloudtrail:StopLogging']);
    for (const id of ['ResponseChanges', 'ResponseUndoChanges']) expect(resources[id].Condition).toBe('Executes');
  });

  it('names no partition, account or region: CloudFormation fills in those of the member', () => {
    const text = JSON.stringify(resources);
    expect(text).not.toMatch(/arn:aws|\d{12}/);
    expect(resources.ResponseChanges.Properties.PolicyDocument.Statement[0].Resource).toEqual([
      { 'Fn::Sub': `arn:$\{AWS::Partition}:cloudtrail:*:$\{AWS::AccountId}:trail/*` },
    ]);
  });

  it('has roles that may do nothing where no rule names a response', () => {
    expect(Object.keys(resourcesFor())).toEqual(['ResponseRole', 'ResponseUndoRole']);
  });
});
