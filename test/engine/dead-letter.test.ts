import { describe, expect, it } from 'vitest';
import { type DeadLetter, type DeadLetterQueue, planRedrive } from '../../engine/dead-letter.ts';

const plan = (queue: DeadLetterQueue, body: unknown, more: Partial<DeadLetter> = {}, responses = false) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const queueArn = `arn:aws:sqs:us-east-1:111122223333:${queue}`;
  return planRedrive({ queue, queueArn, responses }, { id: 'm', body: text, sentAt: 0, ...more });
};
const functionArn = (name: string, region = 'us-east-1', account = '111122223333') =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;
const failed = (name: string, requestPayload: unknown = { 'detail-type': 'Detection Finding' }) => ({
  version: '1.0',
  requestContext: { functionArn: `${functionArn(name)}:$LATEST`, condition: 'RetriesExhausted' },
  requestPayload,
  responsePayload: { errorMessage: 'no' },
});
const check = { check: '0123456789abcdef0123456789abcdef', round: 1 };

describe('a dead letter', () => {
  it.each(['trailwire-detect', 'trailwire-ingest', 'trailwire-notify-sns', 'trailwire-notify-slack'])(
    'that %s failed on goes to it again, as it was',
    (name) => {
      expect(plan('trailwire-failed', failed(name))).toEqual({
        to: 'function',
        name,
        payload: '{"detail-type":"Detection Finding"}',
      });
    },
  );

  it('that EventBridge could not deliver goes to whom it was for', () => {
    const targetArn = functionArn('trailwire-detect');
    const payload = '{"detail":{}}';
    expect(plan('trailwire-undelivered', payload, { targetArn })).toEqual({
      to: 'function',
      name: 'trailwire-detect',
      payload,
    });
  });

  it('about log files goes back to their queue', () => {
    expect(plan('trailwire-logs-failed', 'whatever')).toEqual({
      to: 'queue',
      name: 'trailwire-logs',
      body: 'whatever',
    });
  });

  it.each(['trailwire-remediate', 'trailwire-approve'])(
    'for %s, which acts on the account, goes there only when that is asked for',
    (name) => {
      expect(plan('trailwire-failed', failed(name))).toMatchObject({
        to: 'nobody',
        reason: expect.stringContaining('--responses'),
      });
      expect(plan('trailwire-failed', failed(name), {}, true)).toMatchObject({ to: 'function', name });
    },
  );

  it.each([check, { settle: check.check }])('that is %o goes to remediate as its queue would bring it', (parked) => {
    expect(plan('trailwire-failed', parked)).toMatchObject({ to: 'nobody' });
    const redrive = plan('trailwire-failed', parked, {}, true);
    expect(redrive).toMatchObject({ to: 'function', name: 'trailwire-remediate' });
    const eventSourceARN = 'arn:aws:sqs:us-east-1:111122223333:trailwire-checks';
    expect(JSON.parse('payload' in redrive ? redrive.payload : '')).toEqual({
      Records: [{ messageId: 'm', eventSource: 'aws:sqs', eventSourceARN, body: JSON.stringify(parked) }],
    });
  });

  it.each([{ undo: check.check, force: true }, { approve: check.check }])(
    'that asks for %o goes nowhere: who plants one must not have it done by whoever cleans up',
    (wish) => {
      expect(plan('trailwire-failed', failed('trailwire-remediate', wish), {}, true)).toMatchObject({
        to: 'nobody',
        reason: expect.stringContaining('ask again'),
      });
    },
  );

  it.each([
    ['another function', functionArn('billing')],
    ['a function whose name begins otherwise', functionArn('my-trailwire-detect')],
    ['a function in another account', functionArn('trailwire-detect', 'us-east-1', '444455556666')],
    ['a function in another region', functionArn('trailwire-detect', 'eu-west-1')],
    ['what is no function', 'arn:aws:sns:us-east-1:111122223333:trailwire-alerts'],
    ['nothing', undefined],
  ])('for %s goes nowhere', (_, targetArn) => {
    expect(plan('trailwire-undelivered', {}, { targetArn }, true)).toMatchObject({ to: 'nobody' });
  });

  it.each(['hello', '{"order":1}', 'null'])('that nobody understands goes nowhere: %s', (body) => {
    expect(plan('trailwire-failed', body, {}, true)).toMatchObject({ to: 'nobody' });
  });
});
