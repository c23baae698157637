import * as z from 'zod/mini';

/** What a function URL hands over. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
const urlEventSchema = z.object({
  rawQueryString: z._default(z.string(), ''),
  headers: z.record(z.string(), z.string()),
  requestContext: z.object({ http: z.object({ method: z.string(), sourceIp: z.string() }) }),
  body: z.optional(z.string()),
  isBase64Encoded: z.boolean(),
});

export type UrlRequest = {
  readonly method: string;
  readonly query: URLSearchParams;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent: a signature is about these bytes. */
  readonly body: Buffer;
  readonly sourceIp: string;
};

export type UrlResponse = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Parses an event of the function's URL. Throws ZodError when it is of anything else. */
export const parseUrlRequest = (event: unknown): UrlRequest => {
  const { rawQueryString, headers, requestContext, body, isBase64Encoded } = urlEventSchema.parse(event);
  return {
    method: requestContext.http.method,
    query: new URLSearchParams(rawQueryString),
    headers,
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    sourceIp: requestContext.http.sourceIp,
  };
};

/** For machines, which read the status and nothing else. */
export const emptyResponse = (statusCode: number): UrlResponse => ({
  statusCode,
  headers: { 'cache-control': 'no-store' },
  body: '',
});
