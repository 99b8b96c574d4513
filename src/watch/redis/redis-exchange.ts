import type { RedisLink } from '../../redis/redis-link.ts';
import type { PollExchange, PollKey, PollSeatEvents } from '../poll-exchange.ts';
import { createPollSecrets } from './poll-secrets.ts';
import { createRedisSeat } from './redis-seat.ts';

/** Through which Redis, and at which pace. */
export interface RedisExchangeOptions {
  /** To Redis or Valkey. Whoever made it closes it, after the watcher. */
  readonly link: RedisLink;
  /** Polls of one credential in any minute, by all replicas together. Must be the same on all of them. */
  readonly pollBudgetPerMinute: number;
  /** How long a replica that died or stalled while polling keeps the others from polling. Default 5,000. */
  readonly leaseMs?: number | undefined;
}

/** Holds the version of the stored format: replicas with another version do not share with these. */
const prefix = 'capillary-upload-gateway:1';

/**
 * Lets replicas share polls, results and budgets through Redis. While Redis is away each goes on alone, with a budget
 * of its own, and comes back by itself. What is stored and published is sealed for one credential, and nothing there
 * leads to a token.
 */
export function createRedisExchange(options: RedisExchangeOptions): PollExchange {
  const { link, pollBudgetPerMinute, leaseMs = 5000 } = options;
  return {
    join(key: PollKey, events: PollSeatEvents) {
      const secrets = createPollSecrets(key.credentialId);
      // Braces: in a cluster all keys of a credential must live on one node, for the scripts.
      const account = `${prefix}:{${secrets.name}}`;
      return createRedisSeat({
        link,
        secrets,
        events,
        leaseMs,
        pollBudgetPerMinute,
        keys: {
          seat: `${account}:${key.kind}:${key.couponSeriesId}`,
          budget: `${account}:budget`,
          pause: `${account}:pause`,
        },
      });
    },
    state: () => (link.isUp() ? 'up' : 'down'),
  };
}
