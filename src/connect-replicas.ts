import type { Config } from './config.ts';
import type { Closers } from './flow/closers.ts';
import type { Log } from './log.ts';
import { createLocalKeyLock, type KeyLock } from './upload/repeats/key-lock.ts';
import type { PollExchange } from './watch/poll-exchange.ts';

/** What several gateways share. */
export interface Replicas {
  readonly keyLock: KeyLock;
  /** `undefined`: this gateway polls alone. */
  readonly exchange: PollExchange | undefined;
}

/** Connects to Redis if its address is set; otherwise this gateway works alone. `closers` close the connection. */
export async function connectReplicas(
  config: Config,
  log: Pick<Log, 'info' | 'warn'>,
  closers: Closers,
): Promise<Replicas> {
  const { redisUrl: url, pollBudgetPerMinute } = config;
  if (url === undefined) return { keyLock: createLocalKeyLock(), exchange: undefined };
  // Loaded only where they are needed: they cost memory.
  const { createRedisLink } = await import('./redis/redis-link.ts');
  const { createRedisExchange } = await import('./watch/redis/redis-exchange.ts');
  const { createRedisKeyLock } = await import('./upload/repeats/redis-key-lock.ts');
  const link = closers.add(createRedisLink({ url, log }), (made) => made.close());
  return {
    keyLock: createRedisKeyLock({ link }),
    exchange: createRedisExchange({ link, pollBudgetPerMinute }),
  };
}
