import { Redis } from 'ioredis';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { readMetric } from '../support/subscription-clients.ts';
import { type RedisProxy, startRedisProxy } from '../support/watch-redis-proxy.ts';
import { type RedisServer, startRedisServer } from '../support/watch-redis-server.ts';
import { atOnceMs, type FaultCase } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';
import { halfSent } from './half-sent.ts';
import { until } from './until.ts';

/** Two gateways and the Redis that they share, by a proxy of its own. */
interface Replicas {
  readonly server: RedisServer;
  readonly proxy: RedisProxy;
  readonly gateways: readonly [GatewayProcess, GatewayProcess];
}

interface TwoTries {
  readonly name: string;
  readonly withinMs?: number;
  /** Before the first try. */
  readonly before?: (replicas: Replicas) => Promise<void>;
  /** Between the first half of the first try and the second try. */
  readonly between?: (replicas: Replicas) => Promise<void>;
  readonly heal?: (replicas: Replicas) => Promise<void>;
  /** Whether the second waits for the first, or is done before it. */
  readonly second: 'waits' | 'overtakes';
}

let redis: Pick<Replicas, 'server' | 'proxy'>;
let other: GatewayProcess | undefined;

async function ground() {
  const server = await startRedisServer();
  const proxy = await startRedisProxy(server.url);
  redis = { server, proxy };
  other = undefined;
  return {
    env: { REDIS_URL: proxy.url },
    async close() {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Two tries with one key at two gateways: the second comes while the first has half of its file upstream. */
function twoTries({ name, before, between, heal, second, ...bound }: TwoTries): FaultCase {
  let replicas: Replicas;
  let waiting: Promise<string> | undefined;

  async function wait(stage: FaultStage, { gateways }: Replicas): Promise<void> {
    waiting = stage.upload(gateways[1]);
    await until(
      'the other gateway has the second try',
      async () => (await readMetric(gateways[1].url, 'gateway_uploads_in_flight')) === 1,
    );
  }

  async function overtake(stage: FaultStage, { gateways }: Replicas): Promise<void> {
    using half = await halfSent(stage, gateways[1]);
    await half.rest();
  }

  return {
    ...{ name, withinMs: atOnceMs, ...bound },
    ...{ ground, inTurn: true },
    async prepare(stage) {
      other ??= await stage.another();
      replicas = { ...redis, gateways: [stage.gateway, other] };
      await before?.(replicas);
    },
    async run(stage) {
      using first = await halfSent(stage);
      const meanwhile = async () => {
        await between?.(replicas);
        await (second === 'waits' ? wait : overtake)(stage, replicas);
      };
      // Its client would be taken for silent otherwise.
      await first.trickleUntil(meanwhile());
      return await first.rest();
    },
    heal: async () => heal?.(replicas),
    repeat: (stage) => waiting ?? stage.upload(),
  };
}

/** Until both gateways have said so, last. */
function bothSay(what: 'Redis is away' | 'Redis is back', { gateways }: Replicas): Promise<void> {
  const last = ({ stdout }: GatewayProcess) =>
    stdout.findLast((line) => line.includes('Redis is away') || line.includes('Redis is back'));
  return until(`both say that ${what}`, () => gateways.every((gateway) => last(gateway)?.includes(what)));
}

/** Until whoever uploads has its key in Redis: anew, where Redis has come back without it. */
async function keyIsHeld({ server }: Replicas): Promise<void> {
  const client = new Redis(server.url);
  try {
    await until('the key is held', async () => (await client.keys('*:upload:*')).length === 1);
  } finally {
    client.disconnect();
  }
}

async function cutOff(replicas: Replicas): Promise<void> {
  replicas.proxy.cut();
  await bothSay('Redis is away', replicas);
}

async function letIn(replicas: Replicas): Promise<void> {
  replicas.proxy.heal();
  await bothSay('Redis is back', replicas);
}

/** What happens to Redis while two gateways are sent the same upload. */
export const replicaFaults: readonly FaultCase[] = (
  [
    {
      name: 'A second attempt comes to another gateway during the first',
      between: keyIsHeld,
      second: 'waits',
    },
    {
      name: 'A second attempt comes to another gateway during the first, and Redis was away at its start',
      before: cutOff,
      async between(replicas: Replicas) {
        await letIn(replicas);
        await keyIsHeld(replicas);
      },
      second: 'waits',
    },
    {
      name: 'A second attempt comes to another gateway during the first, and Redis was restarted, empty, in between',
      async between(replicas: Replicas) {
        await replicas.server.kill();
        await replicas.server.start();
        await keyIsHeld(replicas);
        await bothSay('Redis is back', replicas);
      },
      second: 'waits',
    },
    {
      name: 'A second attempt comes to another gateway during the first, and is done before it, while Redis is away',
      before: cutOff,
      heal: letIn,
      second: 'overtakes',
    },
    {
      name: 'A second attempt comes to another gateway during the first, and is done before it; Redis died in between',
      async between(replicas: Replicas) {
        await replicas.server.kill();
        await bothSay('Redis is away', replicas);
      },
      async heal(replicas: Replicas) {
        await replicas.server.start();
        await bothSay('Redis is back', replicas);
      },
      second: 'overtakes',
    },
  ] as const
).map(twoTries);
