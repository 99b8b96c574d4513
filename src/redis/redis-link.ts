import { Redis } from 'ioredis';
import { deferred } from '../flow/deferred.ts';
import { createStallWatch } from '../flow/stall-watch.ts';
import { type Log, silentLog } from '../log.ts';
import { cutOnNonsense } from './cut-on-nonsense.ts';
import { stopStaleClock } from './stop-stale-clock.ts';

/** Where Redis is, and how long it may take. */
export interface RedisLinkOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Bounds every command, the first connection, and each try to connect. Default 500. */
  readonly timeoutMs?: number | undefined;
  readonly log?: Pick<Log, 'info' | 'warn'> | undefined;
}

/** Two connections to Redis or Valkey that nobody waits for: what cannot be done now fails now. */
export interface RedisLink {
  /** Rejects when Redis is away, or has not answered in time. */
  run<T>(command: (redis: Redis) => Promise<T>): Promise<T>;
  /** Resolves when the channel is subscribed, or will be as soon as Redis is back. One listener per channel. */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<void>;
  unsubscribe(channel: string): void;
  isUp(): boolean;
  /** Calls `listener` each time Redis has come back. Returns what ends that. */
  onBack(listener: () => void): () => void;
  /** Resolves within the timeout. May be called twice. */
  close(): Promise<void>;
}

/** Connects at once, and again for as long as it takes. Logs each loss and each return once. */
export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const { url, timeoutMs = 500, log = silentLog } = options;
  const commands = new Redis(url, {
    connectTimeout: timeoutMs,
    // For the greeting alone: `inTime` gives the socket up sooner.
    socketTimeout: 20 * timeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    keepAlive: 5000,
    retryStrategy: (tries) => Math.min(1000, 50 * 2 ** tries) * (0.5 + Math.random() / 2),
    // After a failover this may be the wrong server now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  const messages = commands.duplicate({ commandTimeout: timeoutMs, socketTimeout: timeoutMs });
  for (const redis of [commands, messages]) {
    cutOnNonsense(redis);
    stopStaleClock(redis);
  }
  const listeners = new Map<string, (message: string) => void>();
  const backListeners = new Set<() => void>();
  let state: 'connecting' | 'up' | 'down' | 'closed' = 'connecting';
  /** The first connection has come, or has failed. */
  const first = deferred();

  /** Redis refused a command. That it answers others does not mean that it takes writes again. */
  let isRefusing = false;

  commands.on('ready', () => isRefusing || enter('up'));
  commands.on('error', (error) => enter('down', error));
  commands.on('close', () => enter('down'));
  messages.on('error', () => {});
  messages.on('ready', () => void listen([...listeners.keys()]));
  messages.on('message', (channel: string, message: string) => listeners.get(channel)?.(message));
  // A server that takes the connection and never greets is away, too.
  inTime(first.promise).catch((error) => enter('down', error));

  return {
    async run(command) {
      if (state === 'connecting') await first.promise;
      if (commands.status !== 'ready') throw new Error('Redis is away');
      try {
        const answer = await inTime(command(commands));
        if (isRefusing) tryToWrite();
        else enter('up');
        return answer;
      } catch (error) {
        isRefusing ||= isRefusal(error);
        enter('down', error);
        throw error;
      }
    },
    async subscribe(channel, onMessage) {
      listeners.set(channel, onMessage);
      if (state === 'connecting') await first.promise;
      await listen([channel]);
    },
    unsubscribe(channel) {
      listeners.delete(channel);
      if (messages.status === 'ready') messages.unsubscribe(channel).catch(() => {});
    },
    isUp: () => state === 'up',
    onBack(listener) {
      backListeners.add(listener);
      return () => void backListeners.delete(listener);
    },
    async close() {
      if (state === 'closed') return;
      const wasUp = state === 'up';
      state = 'closed';
      first.resolve();
      messages.disconnect();
      if (wasUp) await inTime(commands.quit()).catch(() => {});
      commands.disconnect();
    },
  };

  /** Not by a timer of ioredis: after a standstill of the process it fires before the answer is read. */
  function inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = createStallWatch({
        timeoutMs,
        onStall() {
          reject(new Error(`Redis did not answer within ${timeoutMs} ms`));
          // A server that was stopped, or silently cut off, leaves its socket open.
          commands.stream.destroy();
        },
      });
      watch.begin();
      answer.then(resolve, reject).finally(watch.close);
    });
  }

  async function listen(channels: readonly string[]): Promise<void> {
    const wanted = channels.filter((channel) => listeners.has(channel));
    if (wanted.length > 0 && messages.status === 'ready') await messages.subscribe(...wanted).catch(() => {});
  }

  function tryToWrite(): void {
    inTime(commands.set('capillary-upload-gateway:1:probe', '', 'PX', 1_000)).then(
      () => {
        isRefusing = false;
        enter('up');
      },
      () => {},
    );
  }

  function enter(next: 'up' | 'down', error?: unknown): void {
    if (state === 'closed' || state === next) return;
    const former = state;
    state = next;
    first.resolve();
    const reason = error instanceof Error ? reasonOf(error) : undefined;
    if (next === 'down') log.warn({ reason }, 'Redis is away: this replica polls alone');
    else if (former === 'down') {
      log.info({}, 'Redis is back: replicas share their polls again');
      for (const listener of [...backListeners]) listener();
    }
  }
}

/** An answer of Redis, as against a connection that failed: a full server says OOM, a replica READONLY. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Of Redis' own errors only the first word, such as WRONGPASS: the rest may quote the command, and so the password. */
function reasonOf(error: Error): string {
  return isRefusal(error) ? (/^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR') : error.message;
}
