import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createClient } from 'graphql-ws';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { type GatewayProcess, startProcess } from './support/gateway-process.ts';
import { mobileInput, uploadCouponBatch } from './support/graphql-client.ts';
import { startOtlpCollector } from './support/otlp-collector.ts';

// This test runs what `npm run build` made: all that a whole process says is looked through.

const callers = {
  header: 'opaque-token-of-the-first-caller',
  bearer: 'opaque-token-of-the-second-caller',
  parameter: 'opaque-token-of-the-third-caller',
  upgrade: 'opaque-token-of-the-fourth-caller',
};
const wrong = ['nobody-issued-this-token', 'two words-of-a-token', 't\u00f6ken-of-letters-that-none-has'];
const own = { key: 'the-gateways-own-key', secret: 'the-gateways-own-secret' };
const others = {
  cookie: 'a-cookie-of-the-page',
  proxy: Buffer.from('user:password-of-a-proxy').toString('base64'),
  redisUser: 'name-of-the-redis-user',
  redisPassword: 'password-of-the-redis-user',
  collector: 'key-of-the-trace-collector',
};
const idempotencyKey = 'order-4711-of-jane';

/** A Redis that refuses whoever comes, and quotes what it was given, as the real one does with commands it does not know. */
async function startQuotingRedis() {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const words = data
        .toString()
        .split('\r\n')
        .filter((word) => word !== '' && !/^[*$]\d/.test(word));
      socket.write(`-ERR unknown command, with args beginning with: '${words.join("' '")}'\r\n`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { redisUser, redisPassword } = others;
  return {
    url: `redis://${redisUser}:${redisPassword}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

/** Each call answers with what it was given: the token call with key and secret, the others with the token. */
function quote(sandbox: Sandbox, status: number, token: string) {
  const fault = (given: string): Fault => {
    const body = JSON.stringify({ success: false, status, message: `Not ${given}.` });
    return { kind: 'answer', status, body };
  };
  sandbox.faults.set({ call: 'any', fault: fault(token) });
  sandbox.faults.set({ call: 'token', fault: fault(`${own.key} ${own.secret}`), times: 1 });
}

let uploads = 0;

const identities: readonly Record<string, string>[] = [
  { 'x-cap-api-oauth-token': callers.header },
  { authorization: `Bearer ${callers.bearer}` },
  { authorization: `Basic ${others.proxy}` },
  {},
  ...wrong.map((token) => ({ 'x-cap-api-oauth-token': Buffer.from(token).toString('latin1') })),
];

/**
 * Whatever a caller can do over HTTP. Returns all that came back. Who `watches` does so to the end: not while upstream
 * fails in a way that may pass, which watching outlasts.
 */
async function callAs(url: string, identity: Record<string, string>, watches: boolean): Promise<string> {
  const told: unknown[] = [];
  const common = { cookie: `session=${others.cookie}`, 'graphql-require-preflight': '1', ...identity };
  const post = async (headers: Record<string, string>, body: string | FormData) => {
    const response = await fetch(url, { method: 'POST', headers: { ...common, ...headers }, body });
    told.push([...response.headers], await response.text());
  };
  const json = { 'content-type': 'application/json' };
  await post(json, '{"query":"{ couponSeries(id: \\"1\\") { uploadJobs { totalCount } } }"}');
  await post(json, '{"query":"{ nothing }"}');
  await post(json, '{"query":');
  const watch = 'subscription { uploadJobUpdated(ids: \\"COUPON_BATCH:1:1\\") { id } }';
  if (watches) await post({ ...json, accept: 'text/event-stream' }, `{"query":"${watch}"}`);
  for (const file of ['mobile,coupon\n919999999999,CODE1\n', 'PK\u0003\u0004']) {
    const form = new FormData();
    const options = { idempotencyKey: `${idempotencyKey}-${uploads++}` };
    const variables = { file: null, input: { ...mobileInput, options } };
    form.set('operations', JSON.stringify({ query: uploadCouponBatch, variables }));
    form.set('map', '{"0":["variables.file"]}');
    form.set('0', new Blob([file]), 'coupons-of-may.csv');
    await post({}, form);
  }
  return JSON.stringify(told);
}

/** With each way of telling who it is, all at the same time. */
async function callInEveryWay(url: string, watches: boolean): Promise<string> {
  const told = await Promise.all([
    ...identities.map((identity) => callAs(url, identity, watches)),
    askOverWebSocket(url, {}, { 'x-cap-api-oauth-token': callers.parameter }),
    askOverWebSocket(url, { 'x-cap-api-oauth-token': callers.upgrade }, {}),
    askOverWebSocket(url, {}, { Authorization: `Bearer ${wrong[0]}` }),
  ]);
  return told.join('\n');
}

async function askOverWebSocket(
  url: string,
  headers: object,
  connectionParams: Record<string, unknown>,
): Promise<string> {
  const client = createClient({
    ...{ url: url.replace('http', 'ws'), connectionParams, retryAttempts: 0 },
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers: { ...headers } });
      }
    },
  });
  const results: unknown[] = [];
  const query = '{ couponSeries(id: "1") { uploadJobs { totalCount } } }';
  try {
    for await (const result of client.iterate({ query })) results.push(result);
  } catch (error) {
    results.push(error);
  }
  await client.dispose();
  return JSON.stringify(results);
}

async function metricsOf({ url }: GatewayProcess): Promise<string> {
  return (await request(new URL('/metrics', url))).body.text();
}

/** What credentials are known by within the gateway. */
const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex');

describe.concurrent('No token, key, secret or password leaves', () => {
  test.each([
    { name: 'a gateway that passes tokens on', env: {} },
    {
      name: 'a gateway with a key of its own',
      env: { CAPILLARY_CLIENT_KEY: own.key, CAPILLARY_CLIENT_SECRET: own.secret },
    },
  ])('$name, in logs, metrics, traces and answers of a whole run', async ({ env }) => {
    const isOwn = 'CAPILLARY_CLIENT_KEY' in env;
    const tokens = Object.fromEntries(Object.values(callers).map((token) => [token, { orgId: 1 }]));
    const clients = [{ ...own, orgId: 1, ttlSeconds: 300 }];
    await using sandbox = await createSandbox({ tokens, clients });
    await using collector = await startOtlpCollector();
    using redis = await startQuotingRedis();
    await using gateway = await startProcess({
      ...{ ...env, COUPON_API_URL: sandbox.url, REDIS_URL: redis.url, LOG_LEVEL: 'trace' },
      ...{ UPSTREAM_TIMEOUT_MS: '300', POLL_MIN_INTERVAL_MS: '10', POLL_BUDGET_PER_MINUTE: '100000' },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' },
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${others.collector}`,
    });
    let answers = await callInEveryWay(gateway.url, true);
    for (const status of [200, 400, 401, 500]) {
      const watches = status === 400 || status === 401;
      for (const [index, token] of [callers.header, callers.bearer].entries()) {
        // With a key of its own the gateway has brought a token of its own.
        const brought = sandbox.requests.findLast((one) => one.token !== undefined)?.token ?? '';
        quote(sandbox, status, isOwn ? brought : token);
        answers += await callAs(gateway.url, identities[index] ?? {}, watches);
      }
      sandbox.faults.clear();
      sandbox.tokens.revokeAll();
    }
    for (const at of ['before', 'after'] as const) {
      sandbox.faults.set({ call: 'any', fault: { kind: 'reset', at } });
      answers += await callInEveryWay(gateway.url, false);
    }
    sandbox.faults.clear();
    const metrics = await metricsOf(gateway);
    gateway.kill('SIGTERM');
    const { code, stdout, stderr } = await gateway.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const logs = stdout.join('\n');
    const traces = Buffer.concat([...collector.bodies]).toString('latin1');
    // Each place has something to look through.
    expect(answers).toContain('Not ');
    expect(logs).toContain('coupons-of-may.csv');
    expect(logs).toContain('Redis is away');
    expect(metrics).toContain('gateway_uploads_finished_total');
    expect(traces).toContain('getUploadStatus');
    expect(collector.headers[0]?.authorization).toBe(`Bearer ${others.collector}`);

    const sent = sandbox.requests.flatMap(({ token }) => token ?? []);
    expect(new Set(sent).size).toBeGreaterThan(0);
    const secrets = new Set([
      ...[...Object.values(callers), ...wrong, ...Object.values(own), ...Object.values(others), ...sent],
      ...Object.values(callers).map((token) => fingerprint(`caller\0${token}`)),
    ]);
    for (const secret of secrets) {
      for (const [place, text] of Object.entries({ answers, logs, metrics, traces })) {
        expect(text.includes(secret), `${place} have ${secret}`).toBe(false);
      }
    }
    // Its maker's own affair: told to nobody but its maker.
    for (const text of [logs, metrics, traces]) expect(text).not.toContain(idempotencyKey);
  });
});
