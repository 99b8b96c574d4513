import { createServer } from 'node:http';
import perfHooks from 'node:perf_hooks';
import { request } from 'undici';
import { expect, test, vi } from 'vitest';
import { createWorkInHand } from '../src/http/connection/work-in-hand.ts';
import { createRequestListener } from '../src/http/create-request-listener.ts';
import { createMetrics } from '../src/observe/create-metrics.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { ask, upload } from './support/graphql-client.ts';
import { listen } from './support/listen.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { outcome, transports, watchJobs } from './support/subscription-clients.ts';

/** All that callers and upstream can make up, another in each round. */
async function attack({ url, sandbox }: TestGateway, round: number): Promise<void> {
  const made = `made_up_${round}`;
  const headers = {
    ...{ 'x-cap-api-oauth-token': made, 'x-request-id': `${made}_of_mine`, 'user-agent': made },
    ...{ 'apollographql-client-name': made, host: `${made}.example` },
  };
  const series = `{ couponSeries(id: "${round + 1}") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }`;
  await ask(url, `query ${made} { uploadJob(id: "${made}") { id } }`, { headers });
  await ask(url, `query ${made} { ${made} }`);
  await ask(url, `{ ${made}`);
  await ask(url, series, { headers });
  await upload(url, { fileName: `${made}.csv`, headers: { 'x-cap-api-oauth-token': made } });
  for (const path of [made, `graphql/${made}`, `metrics/${made}`, `graphiql/${made}`, `metrics?${made}`]) {
    await (await request(new URL(`/${path}`, url), { headers })).body.dump();
  }
  const webSocket = transports.find(({ name }) => name === 'WebSocket');
  const params = { 'x-cap-api-oauth-token': made, 'content-type': 'multipart/form-data' };
  await outcome(webSocket?.start(url, { query: watchJobs, variables: { ids: [made] } }, { params }) as never);
  const body = JSON.stringify({
    success: false,
    status: 90_000 + round,
    errors: [{ code: made, message: made }],
  });
  const answers: Fault[] = [
    { kind: 'answer', status: 400, body, headers: { 'x-cap-requestid': made } },
    { kind: 'answer', status: 200, body },
    { kind: 'answer', status: 600 + round, body },
  ];
  for (const fault of answers) {
    sandbox.faults.set({ call: 'getUploadStatus', fault });
    await ask(url, series);
  }
  sandbox.faults.clear();
}

async function scrape({ url }: TestGateway, headers: Record<string, string> = {}) {
  const { headers: told, body } = await request(new URL('/metrics', url), { headers });
  return { contentType: told['content-type'], text: await body.text() };
}

async function ownSeries(gateway: TestGateway): Promise<string[]> {
  const lines = (await scrape(gateway)).text.split('\n').filter((line) => line.startsWith('gateway_'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
}

test('Nothing that callers or upstream make up becomes a series of its own', async () => {
  await using gateway = await startGateway();
  await attack(gateway, 0);
  const before = await ownSeries(gateway);
  expect(before).toContain('gateway_upstream_answers_total{call="getUploadStatus",status="other"}');
  for (let round = 1; round <= 20; round += 1) await attack(gateway, round);
  const after = await ownSeries(gateway);
  expect(after).toEqual(before);
  expect(after.join('\n')).not.toContain('made_up');
});

test('Whatever format a scraper asks for, it is told which one it gets', async () => {
  await using gateway = await startGateway();
  const text = 'text/plain; version=0.0.4; charset=utf-8';
  const accepts = [
    'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
    '',
  ];
  for (const accept of accepts) {
    const answer = await scrape(gateway, { accept });
    expect(answer.contentType).toBe(text);
    // What ends a page of the other format, and is an error in this one.
    expect(answer.text).not.toContain('# EOF');
    for (const line of answer.text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? (-?[\d.e+-]+|Nan|[+-]Inf)|)$/);
    }
  }
});

test('The numbers of the process are those of all gateways in it, and are collected once', async () => {
  const first = createMetrics();
  const watch = vi.spyOn(perfHooks, 'monitorEventLoopDelay');
  try {
    const second = createMetrics();
    for (const { print } of [first, second]) {
      expect((await print()).text).toMatch(/^nodejs_eventloop_lag_p99_seconds \S+$/m);
    }
    expect(watch).not.toHaveBeenCalled();
  } finally {
    watch.mockRestore();
  }
});

test('Numbers that cannot be collected are a 500 for whoever asks, and the log says why', async () => {
  const why = new Error('a gauge without a number');
  const log = { error: vi.fn() };
  const listener = createRequestListener({
    ...{ graphql: () => {}, beginOperation: vi.fn(), work: createWorkInHand() },
    ...{ corsOrigins: [], allowedHosts: [], idleTimeoutMs: 1_000, log, metrics: () => Promise.reject(why) },
  });
  await using server = await listen(createServer(listener));
  const { statusCode, body } = await request(`http://${server.host}/metrics`);
  expect([statusCode, await body.text()]).toEqual([500, expect.not.stringContaining(why.message)]);
  expect(log.error).toHaveBeenCalledExactlyOnceWith({ err: why }, expect.any(String));
});
