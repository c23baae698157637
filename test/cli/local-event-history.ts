import { onTestFinished, vi } from 'vitest';
import { type Answer, type Received, startLocalServer } from '../local-server.ts';

export type Happened = { readonly id: string; readonly time: number; readonly text: string };

const xml = (action: string, body: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<${action}Response xmlns="https://local/">${body}</${action}Response>`,
});
const json = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(body),
});

/** The region that a request was signed for. */
export const regionOf = ({ headers }: Received): string => String(headers.authorization).split('/')[2] ?? '';

/**
 * CloudTrail's LookupEvents as it answers, over what happened in each region: newest first, 50 a page, both ends included, tokens
 * for the same question only. EC2 names the regions, STS the account. `fault` may answer instead, given the number of the lookup.
 */
export const startLocalEventHistory = async (
  account: string,
  happened: Readonly<Record<string, readonly Happened[]>>,
  fault: (number: number, region: string) => Answer | undefined = () => undefined,
) => {
  let lookups = 0;
  const lookup = (request: Received): Answer => {
    lookups += 1;
    const region = regionOf(request);
    const faulty = fault(lookups, region);
    if (faulty !== undefined) return faulty;
    const { StartTime, EndTime, MaxResults, NextToken } = JSON.parse(request.body);
    const question = `${region} ${StartTime} ${EndTime}`;
    const [asked = question, from = '0'] = NextToken?.split('|') ?? [];
    if (asked !== question) return json(400, { __type: 'InvalidNextTokenException', message: 'of another question' });
    const all = (happened[region] ?? [])
      .filter(({ time }) => time >= StartTime && time <= EndTime)
      .toSorted((one, other) => other.time - one.time);
    const end = Number(from) + MaxResults;
    const Events = all
      .slice(Number(from), end)
      .map(({ id, time, text }) => ({ EventId: id, EventTime: time, CloudTrailEvent: text }));
    return json(200, { Events, ...(end < all.length ? { NextToken: `${question}|${end}` } : {}) });
  };
  const server = await startLocalServer((request) => {
    if (String(request.headers['x-amz-target']).endsWith('.LookupEvents')) return lookup(request);
    if (request.body.includes('Action=GetCallerIdentity'))
      return xml(
        'GetCallerIdentity',
        `<GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult>`,
      );
    const items = Object.keys(happened).map((name) => `<item><regionName>${name}</regionName></item>`);
    return xml('DescribeRegions', `<regionInfo>${items.join('')}</regionInfo>`);
  });
  onTestFinished(server.stop);
  const environment = { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return {
    lookups: () => server.received.filter(({ headers }) => headers['x-amz-target'] !== undefined),
  };
};

export const throttled: Answer = json(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
export const denied: Answer = json(400, { __type: 'AccessDeniedException', message: 'not authorized' });
