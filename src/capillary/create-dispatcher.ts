import { Agent } from 'undici';

const connectTimeoutMs = 10_000;
/** How long an idle socket is kept: less than the load balancers in front of upstream keep it. */
const keepAliveTimeoutMs = 10_000;

/** What a socket upstream holds by itself: a write of so many bytes fills it, and it is drained when all of them have left. */
export const socketRoomBytes = 64 * 1024;

/**
 * The sockets to upstream: so many an origin, by default 128. Header and body timeouts are off here, each call brings
 * its own. Who makes it closes it: `close()` lets running calls end, `destroy()` cuts them.
 */
export function createDispatcher({ connections = 128 }: { readonly connections?: number } = {}): Agent {
  return new Agent({
    connections,
    // Net's option, which undici hands on though its types do not say so.
    connect: { timeout: connectTimeoutMs, ...{ highWaterMark: socketRoomBytes } },
    keepAliveTimeout: keepAliveTimeoutMs,
    // A server may ask for longer by its own header; a socket that old is more likely dead than useful.
    keepAliveMaxTimeout: 60_000,
    // One request at a time on a socket: behind an upload a status call would wait for its end.
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
