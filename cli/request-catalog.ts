import { readFileSync } from 'node:fs';
import type { Parameter, RequestCatalog } from '../engine/dead-leaves.ts';
import extra from './aws-events-extra.json' with { type: 'json' };

type Requests = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Lambda and CloudFront write the date of the API behind the name of the operation. */
const dateOfApi = /20\d{2}_?\d{2}_?\d{2}(?:v\d)?$/;

/** What a parameter looks like in `aws-requests.json`: `name`, `name[]`, `name{}` or `name=One|Other`. */
const parseParameter = (written: string): Parameter => {
  const [name = '', values] = written.replace(/(?:\[\]|\{\})$/, '').split('=');
  const isSingle = !/(?:\[\]|\{\})$/.test(written);
  return values === undefined ? { name, isSingle } : { name, isSingle, values: values.split('|') };
};

/**
 * Knows the parameters of requests from AWS's service models (`aws-requests.json`, read when first asked for), and those
 * that services are known to add to what they record (`aws-events-extra.json`).
 */
export const createRequestCatalog = (): RequestCatalog => {
  let requests: Requests | undefined;
  const added = extra.addedParameters as Readonly<Record<string, readonly string[]>>;
  return {
    parametersOf: (source, name) => {
      requests ??= JSON.parse(readFileSync(new URL('aws-requests.json', import.meta.url), 'utf8')) as Requests;
      const apis = Object.hasOwn(requests, source) ? requests[source] : undefined;
      const operation = apis !== undefined && Object.hasOwn(apis, name) ? name : name.replace(dateOfApi, '');
      if (apis === undefined || !Object.hasOwn(apis, operation)) return undefined;
      return [...(apis[operation] ?? '').split(' '), ...(added[source] ?? [])].filter(Boolean).map(parseParameter);
    },
  };
};
