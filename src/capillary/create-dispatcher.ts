import { Agent, buildConnector } from 'undici';
import { readBeforeFailing } from './read-before-failing.ts';

const connectTimeoutMs = 10_000;
/**
 * How long one address of several is tried before the next. Node's own 250 ms are less than a distant upstream or a busy
 * event loop takes, and it does not return to an address that it has left: with the last one dead, none was reached.
 */
const addressTimeoutMs = 2_000;
/** How long an idle socket is kept: less than the load balancers in front of upstream keep it. */
const keepAliveTimeoutMs = 10_000;

/**
 * How much a socket to upstream buffers: a write of so many bytes fills it, and it drains when all of them have left.
 */
export const socketRoomBytes = 64 * 1024;

/** How many sockets, and for how long. */
export interface DispatcherOptions {
  /** To each origin. Default 128. */
  readonly connections?: number;
  /** Whether a socket serves more than one call. Default true. */
  readonly keepsAlive?: boolean;
}

/**
 * Opens sockets to upstream. Header and body timeouts are off: each call brings its own. Whoever makes it closes it:
 * `close()` lets running calls end, `destroy()` cuts them.
 */
export function createDispatcher({ connections = 128, keepsAlive = true }: DispatcherOptions = {}): Agent {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    autoSelectFamilyAttemptTimeout: addressTimeoutMs,
    // An option of node:net, which undici passes on although its types do not say so.
    ...{ highWaterMark: socketRoomBytes },
  });
  return new Agent({
    connections,
    connect: (options, callback) =>
      connect(options, (...[error, socket]) =>
        error ? callback(error, null) : callback(null, readBeforeFailing(socket)),
      ),
    keepAliveTimeout: keepAliveTimeoutMs,
    // A server may ask for longer by its own header; a socket that old is more likely dead than useful.
    keepAliveMaxTimeout: 60_000,
    // One request at a time on a socket: a status call behind another would wait for its end. 0: one and no more.
    pipelining: keepsAlive ? 1 : 0,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
