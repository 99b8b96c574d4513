import { Agent } from 'undici';

/** How many sockets to upstream, and for how long. */
export interface DispatcherOptions {
  /** Sockets an origin. Default 128. */
  readonly connections?: number | undefined;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long an idle socket is kept. Default 10,000, less than the load balancers in front of upstream keep it. */
  readonly keepAliveTimeoutMs?: number | undefined;
}

/**
 * The sockets to upstream. Header and body timeouts are off here, each call brings its own. Who makes it closes it:
 * `close()` lets running calls end, `destroy()` cuts them.
 */
export function createDispatcher(options: DispatcherOptions = {}): Agent {
  const { connections = 128, connectTimeoutMs = 10_000, keepAliveTimeoutMs = 10_000 } = options;
  return new Agent({
    connections,
    connect: { timeout: connectTimeoutMs },
    keepAliveTimeout: keepAliveTimeoutMs,
    // A server may ask for longer by its own header; a socket that old is more likely dead than useful.
    keepAliveMaxTimeout: Math.max(60_000, keepAliveTimeoutMs),
    // One request at a time on a socket: behind an upload a status call would wait for its end.
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
