import { describe, expect, it } from 'vitest';
import { awsActions } from '../../engine/aws-call.ts';
import { permissionsOf, type Statement } from '../../engine/permissions.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-west-1' };
const names = Object.keys(remediations) as RemediationName[];
const allowedBy = (statements: readonly Statement[]) =>
  statements.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : [])).toSorted();
const statementOf = (statements: readonly Statement[], action: string) =>
  statements.find(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action));
const distinct = (actions: readonly string[]) => [...new Set(actions)].toSorted();

describe('the permissions of remediations', () => {
  it.each(names)('%s allow what it declares, each action once and nothing else', (name) => {
    const { reads, calls, undoCalls } = permissionsOf([name], place);
    const { actions } = remediations[name];
    expect(allowedBy(reads)).toEqual(distinct(actions.reads));
    expect(allowedBy(calls.filter(({ Sid }) => Sid !== 'TagNewSnapshots'))).toEqual(distinct(actions.calls));
    expect(allowedBy(undoCalls)).toEqual(distinct(actions.undoCalls));
  });

  it('of all of them cover the closed list of calls', () => {
    const { reads, calls, undoCalls } = permissionsOf(names, place, true);
    expect(distinct([reads, calls, undoCalls].flatMap(allowedBy))).toEqual(awsActions.toSorted());
  });

  it('name one account, one region and one kind of thing wherever IAM knows it', () => {
    for (const { Sid, Action, Resource } of Object.values(permissionsOf(names, place)).flat()) {
      if (Resource === '*') {
        for (const action of Action) expect(action, Sid).toMatch(/^(?:cloudtrail:Lookup|config:Desc|ec2:Desc)/);
        continue;
      }
      for (const arn of Resource) {
        expect(arn, Sid).toMatch(/^arn:aws:[a-z0-9]+:(?:eu-west-1)?:(?:111122223333)?:[^:]*/);
        if (/:(?:user|role|group|policy)\//.test(arn)) expect(arn).toContain('::111122223333:');
      }
    }
    const { reads, calls } = permissionsOf(['remove-public-statements'], place);
    for (const { Condition } of [...reads, ...calls]) {
      expect(Condition).toEqual({ StringEquals: { 'aws:ResourceAccount': '111122223333' } });
    }
  });

  it('read tags where there are protected ones, and only then', () => {
    const readsOf = (guardsTags: boolean) => allowedBy(permissionsOf(['restart-trail'], place, guardsTags).reads);
    expect(readsOf(false)).toEqual(['cloudtrail:GetTrailStatus']);
    expect(readsOf(true)).toEqual(['cloudtrail:GetTrailStatus', 'iam:GetRole', 'iam:GetUser', 'tag:GetResources']);
  });

  it('have names that are told apart and that IAM takes', () => {
    for (const statements of Object.values(permissionsOf(names, place))) {
      const sids = statements.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    }
  });

  it('let responses stop users and strip administrators, and only undo the other way round', () => {
    const policies = (...of: readonly string[]) => ({
      ArnEquals: { 'iam:PolicyARN': of.map((name) => `arn:aws:iam::aws:policy/${name}`) },
    });
    const stopping = policies('AWSCompromisedKeyQuarantineV3', 'AWSDenyAll');
    const admin = policies('AdministratorAccess', 'IAMFullAccess', 'PowerUserAccess');
    const { calls, undoCalls } = permissionsOf(names, place);
    expect(statementOf(calls, 'iam:AttachUserPolicy')?.Condition).toEqual(stopping);
    expect(statementOf(undoCalls, 'iam:DetachUserPolicy')?.Condition).toEqual(stopping);
    for (const kind of ['User', 'Role', 'Group']) {
      expect(statementOf(calls, `iam:Detach${kind}Policy`)?.Condition, kind).toEqual(admin);
      expect(statementOf(undoCalls, `iam:Attach${kind}Policy`)?.Condition, kind).toEqual(admin);
      if (kind !== 'User') expect(statementOf(calls, `iam:Attach${kind}Policy`)).toBeUndefined();
    }
  });

  it.each(['cloudtrail:StopLogging', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'ec2:AuthorizeSecurityGroupIngress'])(
    'let no response make the call that only undo makes: %s',
    (action) => {
      const { calls, undoCalls } = permissionsOf(names, place);
      expect(statementOf(calls, action)).toBeUndefined();
      expect(statementOf(undoCalls, action)).toBeDefined();
    },
  );

  it('change tags of Trailwire alone', () => {
    const { calls } = permissionsOf(['isolate-instance'], place);
    expect(statementOf(calls, 'ec2:CreateTags')?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['trailwire:isolated'] },
      Null: { 'aws:TagKeys': 'false' },
    });
  });

  it('tag snapshots as they are made, and no others', () => {
    const { calls } = permissionsOf(['snapshot-instance'], place);
    expect(calls.find(({ Action }) => Action.includes('ec2:CreateTags'))).toEqual({
      Sid: 'TagNewSnapshots',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: ['arn:aws:ec2:eu-west-1::snapshot/*'],
      Condition: {
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['trailwire:finding'] },
        StringEquals: { 'ec2:CreateAction': 'CreateSnapshots' },
      },
    });
    for (const name of names.filter((each) => each !== 'snapshot-instance')) {
      expect(
        permissionsOf([name], place).calls.map(({ Sid }) => Sid),
        name,
      ).not.toContain('TagNewSnapshots');
    }
  });

  it('delete no snapshot, whichever way', () => {
    expect(Object.values(permissionsOf(names, place)).flatMap(allowedBy)).not.toContain('ec2:DeleteSnapshot');
  });

  it('deny every change of roles and functions on those of Trailwire, and deny nothing where there is none', () => {
    const { calls, undoCalls } = permissionsOf(names, place);
    for (const statements of [calls, undoCalls]) {
      const denied = statements.find(({ Effect }) => Effect === 'Deny');
      expect(denied?.Action).toEqual(allowedBy(statements).filter((action) => /^(?:iam:.*Role|lambda:)/.test(action)));
      expect(denied?.Resource).toEqual([
        'arn:aws:iam::111122223333:role/trailwire-*',
        'arn:aws:lambda:eu-west-1:111122223333:function:trailwire-*',
      ]);
    }
    expect(permissionsOf(['deactivate-access-key'], place).calls.map(({ Effect }) => Effect)).toEqual(['Allow']);
  });

  it.each(['aws-cn', 'aws-us-gov'])('are of the partition they are asked for: %s', (partition) => {
    const text = JSON.stringify(permissionsOf(names, { ...place, partition }));
    expect(new Set(text.match(/arn:[a-z-]+:/g))).toEqual(new Set([`arn:${partition}:`]));
  });
});
