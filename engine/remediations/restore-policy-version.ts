import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import type { Refusal } from '../plan.ts';
import { aspectOf, type State } from '../state.ts';
import { oneLine } from '../template.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';

const versionId = /^v[1-9]\d{0,8}$/;
const numberOf = (version: string): number => Number(version.slice(1));

/**
 * Sets an IAM policy back to the version that was in force before the call made another one the default.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
 */
export const restorePolicyVersion: Remediation = {
  actsOn: 'call',
  usually: 'approve',
  says: 'Sets an IAM policy back to the version before the one that the call made the default',
  doesNotStop:
    'What was done with the permissions meanwhile stays done; the version that the call made the default is kept, as evidence, and can be made the default again.',
  actions: {
    reads: ['iam:ListPolicyVersions'],
    calls: ['iam:SetDefaultPolicyVersion'],
    undoCalls: ['iam:SetDefaultPolicyVersion'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'iam.amazonaws.com', 'CreatePolicyVersion', 'SetDefaultPolicyVersion');
    if ('refused' in place) return place;
    const arn = readText(record, 'requestParameters.policyArn') ?? '';
    const [, name] = /^arn:aws[a-z-]*:iam::\d{12}:policy\/(?:[!-~]*\/)?([\w+=,.@-]{1,128})$/.exec(arn) ?? [];
    if (name === undefined || !arn.startsWith(`arn:${place.partition}:iam::${place.account}:`)) {
      return notApplicable(`${oneLine(arn, 120)} is no policy of account ${place.account}`);
    }
    const isCreated = readText(record, 'eventName') === 'CreatePolicyVersion';
    const made =
      readText(record, isCreated ? 'responseElements.policyVersion.versionId' : 'requestParameters.versionId') ?? '';
    if (!versionId.test(made)) return notApplicable('the record does not name the version');
    const read: AwsRead = { action: 'iam:ListPolicyVersions', parameters: { PolicyArn: arn } };
    const setDefault = (VersionId: string): AwsCall => ({
      action: 'iam:SetDefaultPolicyVersion',
      parameters: { PolicyArn: arn, VersionId },
    });
    return {
      target: { type: 'policy', account: place.account, arn, name },
      reads: [read],
      changes: (stateOf) => {
        const previous = previousOf(made, stateOf(read), isCreated);
        if (typeof previous !== 'string') return previous;
        return [{ read, to: { default: previous }, call: setDefault(previous), undo: setDefault(made) }];
      },
    };
  },
};

/** Records do not tell which version was the default before: what follows from the versions that are there. */
const previousOf = (made: string, state: State, isCreated: boolean): string | Refusal => {
  if (aspectOf(state, 'default') !== made) return notApplicable(`version ${made} is not the default, or not any more`);
  const others = Object.keys(state).filter((version) => versionId.test(version) && version !== made);
  const older = others.filter((version) => numberOf(version) < numberOf(made));
  const candidates = isCreated ? older.toSorted((one, other) => numberOf(other) - numberOf(one)).slice(0, 1) : others;
  const [previous, ...more] = candidates;
  if (previous === undefined) return notApplicable(`there is no version beside ${made} to go back to`);
  if (more.length > 0) {
    return notApplicable(
      `which of ${candidates.join(', ')} was the default before is not known; a person has to choose`,
    );
  }
  return previous;
};
