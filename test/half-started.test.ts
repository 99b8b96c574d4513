import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import { createInspector } from '../src/upload/inspection/create-inspector.ts';
import { type Listening, listen } from './support/listen.ts';

// The processes here run what `npm run build` made.

/** Starts a gateway, and closes it if it comes up; says, when nothing at all is left to wait for, how long that took. */
const program = `
  import { createGateway, parseConfig } from '${new URL('../dist/index.js', import.meta.url)}';
  const { env, config } = JSON.parse(process.argv[1]);
  const outcome = await createGateway({ ...parseConfig(env), ...config }).then(
    (gateway) => gateway.close(0).then(() => 'came up'),
    (error) => error.code ?? error.name,
  );
  const startMs = performance.now();
  process.once('beforeExit', () => console.log(JSON.stringify({ outcome, waitedMs: performance.now() - startMs })));
`;

const run = promisify(execFile);

async function start(env: Readonly<Record<string, string>>, config: object = {}) {
  const args = ['--input-type=module', '-e', program, JSON.stringify({ env, config })];
  // What is left open keeps it alive; the limit turns that into a failure.
  const { stdout, stderr } = await run(process.execPath, args, { timeout: 15_000, env });
  const { outcome, waitedMs } = JSON.parse(stdout);
  expect(waitedMs).toBeLessThan(3_000);
  return { outcome, stderr };
}

let taken: Listening;
let port: string;
beforeAll(async () => {
  taken = await listen(createServer());
  port = String(taken.port);
});
afterAll(() => taken[Symbol.asyncDispose]());

// Nobody listens on port 1: Redis and the collector are away.
const away = { REDIS_URL: 'redis://127.0.0.1:1', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
const quiet = { LOG_LEVEL: 'silent' };

describe('Of a gateway that does not come up nothing is left, and the process ends by itself:', () => {
  test('its port is taken', async () => {
    expect(await start({ ...quiet, PORT: port })).toEqual({ outcome: 'EADDRINUSE', stderr: '' });
  });

  test('its port is taken, while Redis and the collector of its traces refuse connections', async () => {
    const told = await start({ ...quiet, ...away, PORT: port });
    expect(told).toEqual({ outcome: 'EADDRINUSE', stderr: '' });
  });

  test('its address is not of this machine', async () => {
    const told = await start({ ...quiet, PORT: '0', HOST: '192.0.2.1' });
    expect(told).toMatchObject({ outcome: 'EADDRNOTAVAIL' });
  });

  test('a part in the middle cannot be made, when the sandbox listens already', async () => {
    // A password that `parseConfig` would have refused.
    const told = await start({ ...quiet, PORT: '0' }, { redisUrl: 'redis://:50%off@127.0.0.1:1' });
    expect(told).toEqual({ outcome: 'URIError', stderr: '' });
  });

  test('its list of documents is not there', async () => {
    const told = await start({ ...quiet, PORT: '0', PERSISTED_DOCUMENTS: 'no-such-file.json' });
    expect(told).toEqual({ outcome: 'ConfigError', stderr: '' });
  });
});

test('Of a gateway that came up and was closed nothing is left either', async () => {
  expect(await start({ ...quiet, ...away, PORT: '0' })).toEqual({ outcome: 'came up', stderr: '' });
});

test('The inspector of a gateway that does not come up is closed', async () => {
  let closed = 0;
  const openInspector = () => {
    const inspector = createInspector();
    return {
      ...inspector,
      close() {
        closed += 1;
        return inspector.close();
      },
    };
  };
  const config = parseConfig({ PORT: port, COUPON_API_URL: 'http://127.0.0.1:1' });
  const started = createGateway(config, pino({ level: 'silent' }), { openInspector });
  await expect(started).rejects.toThrow('EADDRINUSE');
  expect(closed).toBe(1);
});
