import { type RedisProxy, startRedisProxy } from '../support/watch-redis-proxy.ts';
import { type RedisServer, startRedisServer } from '../support/watch-redis-server.ts';
import { atOnceMs, type FaultCase } from './fault-case.ts';
import { halfSent } from './half-sent.ts';

interface Redis {
  readonly server: RedisServer;
  readonly proxy: RedisProxy;
}

interface RedisFault {
  readonly name: string;
  /** Default: the proxy's. */
  readonly url?: (redis: Redis) => string;
  /** Before the gateway starts. */
  readonly before?: (redis: Redis) => unknown;
  /** When half of the file is upstream. */
  readonly meanwhile?: (redis: Redis) => unknown;
  readonly heal?: (redis: Redis) => unknown;
}

/** An upload with a Redis of its own, reached through a proxy that can be blocked. */
function redisFault({ name, url, before, meanwhile, heal }: RedisFault): FaultCase {
  let redis: Redis;
  return {
    name,
    withinMs: atOnceMs,
    async ground() {
      const server = await startRedisServer();
      const proxy = await startRedisProxy(server.url);
      redis = { server, proxy };
      await before?.(redis);
      return {
        env: { REDIS_URL: url?.(redis) ?? proxy.url },
        async close() {
          await proxy[Symbol.asyncDispose]();
          await server[Symbol.asyncDispose]();
        },
      };
    },
    async run(stage) {
      using half = await halfSent(stage);
      await meanwhile?.(redis);
      return await half.rest();
    },
    heal: async () => void (await heal?.(redis)),
  };
}

/** What happens to the Redis that several gateways share. Nobody may notice. */
export const redisFaults: readonly FaultCase[] = [
  redisFault({ name: 'Redis is down from the start', before: ({ proxy }) => proxy.cut() }),
  redisFault({
    name: 'Redis accepts connections from the start, but says nothing',
    before: ({ proxy }) => proxy.hang(),
  }),
  redisFault({
    name: 'Redis refuses the password',
    url: ({ server }) => server.url.replace('://', '://nobody:wrong@'),
  }),
  redisFault({
    name: 'Redis dies in the middle of the file',
    // The proxy would take each try to connect again, and have timers started.
    url: ({ server }) => server.url,
    meanwhile: ({ server }) => server.kill(),
  }),
  redisFault({
    name: 'Redis dies in the middle of the file, and is back, empty, for the repeat',
    meanwhile: ({ server }) => server.kill(),
    heal: ({ server }) => server.start(),
  }),
  redisFault({
    name: 'Redis stalls in the middle of the file',
    meanwhile: ({ server }) => server.pause(),
    heal: ({ server }) => server.resume(),
  }),
  redisFault({
    name: 'Redis is down at the start, and comes back in the middle of the file',
    before: ({ proxy }) => proxy.cut(),
    meanwhile: ({ proxy }) => proxy.heal(),
  }),
];
