/** How the events of a subscription are written into the body of one response. */
export interface StreamFormat {
  readonly headers: Readonly<Record<'content-type' | 'cache-control' | 'x-accel-buffering', string>>;
  /** Written at once: some browsers wait for a first byte. */
  readonly start: string;
  /** Carries nothing; keeps proxies from cutting. */
  readonly ping: string;
  /** One result, given as JSON. */
  event(json: string): string;
  readonly end: string;
}

/** The graphql-sse protocol, distinct connections mode. Pings are comments. */
export const eventStream: StreamFormat = {
  headers: streamHeaders('text/event-stream'),
  start: ':\n\n',
  ping: ':\n\n',
  event: (json) => `event: next\ndata: ${json}\n\n`,
  end: 'event: complete\ndata:\n\n',
};

/**
 * Apollo's multipart protocol for subscriptions:
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol Each part
 * ends with the boundary of the next one, because clients take a part for whole only when they see that.
 * Pings are empty objects. Errors stay in their result, so that clients tell them from those of the
 * transport.
 */
export const multipartStream: StreamFormat = {
  headers: streamHeaders('multipart/mixed;boundary="graphql";subscriptionSpec=1.0'),
  start: `\r\n--graphql${part('{}')}`,
  ping: part('{}'),
  event: (json) => part(`{"payload":${json}}`),
  end: '--\r\n',
};

/**
 * The format that a client asks for, or `undefined` when it takes neither. A client that takes both, or anything, gets
 * event streams. `multipart/mixed` alone is another protocol, in which subscriptions have no place.
 */
export function chooseStreamFormat(accept: string): StreamFormat | undefined {
  if (/text\/event-stream/i.test(accept)) return eventStream;
  if (/multipart\/mixed[^,]*;\s*subscriptionSpec="?1\.0/i.test(accept)) return multipartStream;
  return /^$|text\/\*|\*\/\*/.test(accept) ? eventStream : undefined;
}

function part(json: string): string {
  return `\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${json}\r\n--graphql`;
}

function streamHeaders(contentType: string): StreamFormat['headers'] {
  return {
    'content-type': contentType,
    'cache-control': 'no-cache',
    // nginx would hold events back to make larger pieces of them.
    'x-accel-buffering': 'no',
  };
}
