import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ExportResultCode } from '@opentelemetry/core';
import { describe, expect, test } from 'vitest';
import { tellOutages } from '../src/observe/tell-outages.ts';
import { createSandbox } from '../src/sandbox/create-sandbox.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';
import { startProcess } from './support/gateway-process.ts';
import { ask, mobileInput, upload } from './support/graphql-client.ts';
import { startOtlpCollector } from './support/otlp-collector.ts';
import { addJob, outcome, type Transport, transports } from './support/subscription-clients.ts';
import { end, logged, only, routersTrace, startTraced } from './support/traced-gateway.ts';

// These tests run what `npm run build` made: the SDK reads the environment of a process.

const { traceId, spanId: routersSpan, traceparent } = routersTrace;
const listJobs =
  'query Jobs { couponSeries(id: "541854") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }';

describe.concurrent('Nothing is traced', () => {
  test('by default: upstream hears of no trace, also of a router that has one', async () => {
    await using sandbox = await createSandbox();
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url });
    await ask(gateway.url, listJobs, { headers: { traceparent } });
    expect(sandbox.requests).toHaveLength(1);
    expect(sandbox.requests[0]?.headers).not.toHaveProperty('traceparent');
  });

  test.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])('with %o', async (env) => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, env);
    await ask(traced.url, listJobs, { headers: { traceparent } });
    expect((await end(traced)).code).toBe(0);
    expect(traced.sandbox.requests[0]?.headers).not.toHaveProperty('traceparent');
    expect(collector.bodies).toHaveLength(0);
  });

  test('that the sampler leaves out: but upstream hears that it is left out', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, { OTEL_TRACES_SAMPLER: 'always_off' });
    await ask(traced.url, listJobs);
    expect((await end(traced)).code).toBe(0);
    expect(traced.sandbox.requests[0]?.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(collector.bodies).toHaveLength(0);
  });

  test('of a router that says so', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url);
    await ask(traced.url, listJobs, { headers: { traceparent: `00-${traceId}-${routersSpan}-00` } });
    expect((await end(traced)).code).toBe(0);
    expect(collector.spans).toEqual([]);
  });
});

describe('A collector that is not there costs nothing:', () => {
  test('requests are served, one line says so, and the end does not wait for it', async () => {
    await using traced = await startTraced(`http://127.0.0.1:${await freePort()}`, {
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    });
    for (let round = 0; round < 3; round += 1) {
      const lines = traced.gateway.stdout.length;
      expect((await ask(traced.url, listJobs)).errors).toBeUndefined();
      expect((await upload(traced.url)).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
      if (round === 0) {
        const told = () => logged(traced.gateway).filter(({ msg }) => /^traces/.test(msg));
        await eventually(() => expect(told()).toHaveLength(1));
      }
      expect(traced.gateway.stdout.length).toBeGreaterThan(lines);
    }
    const startMs = performance.now();
    const { code, stderr } = await end(traced);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - startMs).toBeLessThan(8_000);
    const warnings = logged(traced.gateway).filter(({ level }) => level >= 40);
    expect(warnings).toMatchObject([{ msg: 'traces cannot be delivered and are dropped' }]);
  });

  test('one that takes everything and never answers is left alone at the end', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(
      0,
      '127.0.0.1',
    );
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await using traced = await startTraced(`http://127.0.0.1:${port}`);
    await ask(traced.url, listJobs);
    const startMs = performance.now();
    const { code, stderr } = await end(traced);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - startMs).toBeLessThan(6_000);
    silent.close();
  });

  test('its going and its coming back are one line each', () => {
    const lines: string[] = [];
    const log = {
      info: (_: object, message: string) => void lines.push(message),
      warn: (_: object, message: string) => void lines.push(message),
    };
    const codes = [0, 1, 1, 1, 0, 0, 1].map((code) => code as ExportResultCode);
    const exporter = tellOutages(
      {
        export: (_, done) => done({ code: codes.shift() ?? ExportResultCode.SUCCESS }),
        shutdown: async () => {},
      },
      log,
    );
    while (codes.length > 0) exporter.export([], () => {});
    expect(lines).toEqual([
      'traces cannot be delivered and are dropped',
      'traces are delivered again',
      'traces cannot be delivered and are dropped',
    ]);
  });
});

describe.concurrent('A trace', () => {
  test("of an upload goes on with the router's: operation, upload, upstream call, and on to upstream", async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url);
    const headers = { traceparent, tracestate: 'router=1', 'x-request-id': 'traced-1' };
    const { data } = await upload(traced.url, { headers });
    expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    expect((await end(traced)).code).toBe(0);

    const { spans } = collector;
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const operation = only(spans, 'mutation');
    const relay = only(spans, 'upload');
    const call = only(spans, 'POST /coupon/api/v1/upload/file/{couponSeriesId}');
    expect(spans).toHaveLength(3);
    expect(operation).toMatchObject({ kind: 'server', parentSpanId: routersSpan, failed: false });
    expect(operation.attributes).toEqual({ 'graphql.operation.type': 'mutation', 'request.id': 'traced-1' });
    expect(relay).toMatchObject({ kind: 'internal', parentSpanId: operation.spanId, failed: false });
    expect(relay.attributes).toEqual({
      ...{ 'upload.kind': 'COUPON_BATCH', 'upload.series': '541854', 'upload.outcome': 'UploadAccepted' },
      ...{ 'upload.bytes': 33, 'upload.rows': 1, 'upload.parts': 1 },
      ...{ 'upload.replayed': false, 'upload.dry_run': false },
    });
    expect(call).toMatchObject({ kind: 'client', parentSpanId: relay.spanId, failed: false });
    expect(call.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'url.template': '/coupon/api/v1/upload/file/{couponSeriesId}',
    });
    expect(traced.sandbox.requests.map((one) => one.headers)).toMatchObject([
      { traceparent: `00-${traceId}-${call.spanId}-01`, tracestate: 'router=1' },
    ]);
    expect(logged(traced.gateway).filter(({ msg }) => msg === 'upload')).toMatchObject([{ traceId }]);
  });

  test('over WebSocket goes on with the one of its connection parameters', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url);
    const overWebSocket = transports.find(({ name }) => name === 'WebSocket') as Transport;
    const params = { 'x-cap-api-oauth-token': 'sandbox-token', traceparent };
    const { errors } = await outcome(overWebSocket.start(traced.url, { query: listJobs }, { params }));
    expect(errors).toEqual([]);
    expect((await end(traced)).code).toBe(0);
    expect(only(collector.spans, 'query')).toMatchObject({ traceId, parentSpanId: routersSpan });
    expect(collector.spans.filter(({ kind }) => kind === 'client')).toMatchObject([{ traceId }]);
  });

  test('of a query holds the token call and the read that it needed', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, {
      CAPILLARY_CLIENT_KEY: 'sandbox-key',
      CAPILLARY_CLIENT_SECRET: 'sandbox-secret',
    });
    await ask(traced.url, listJobs);
    expect((await end(traced)).code).toBe(0);
    const operation = only(collector.spans, 'query');
    expect(operation.parentSpanId).toBe('');
    expect(operation.attributes).toMatchObject({ 'graphql.operation.name': 'Jobs' });
    const calls = collector.spans.filter(({ kind }) => kind === 'client');
    expect(calls.map(({ name }) => name)).toEqual([
      'POST /v3/oauth/token/generate',
      'GET /coupon/api/v1/upload/getUploadStatus/{couponSeriesId}',
    ]);
    for (const call of calls) expect(call.parentSpanId).toBe(operation.spanId);
  });

  test('of what fails says where, by the code', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url);
    traced.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 503, when: 'early' } });
    await upload(traced.url);
    expect((await end(traced)).code).toBe(0);
    const call = only(collector.spans, 'POST /coupon/api/v1/upload/file/{couponSeriesId}');
    expect(call).toMatchObject({
      failed: true,
      attributes: {
        'error.type': 'UPSTREAM_UNAVAILABLE',
        'http.response.status_code': 503,
        'capillary.request_id': expect.any(String),
      },
    });
    for (const name of ['mutation', 'upload']) {
      expect(only(collector.spans, name)).toMatchObject({
        failed: true,
        attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' },
      });
    }
  });

  test('of a poll is its own: no request has asked for it', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, { POLL_MIN_INTERVAL_MS: '10' });
    traced.sandbox.jobs.hold();
    const { id } = await addJob(traced.sandbox);
    const gone = new AbortController();
    const stream = await fetch(traced.url, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'text/event-stream', traceparent },
        'x-cap-api-oauth-token': 'sandbox-token',
      },
      body: JSON.stringify({ query: `subscription { uploadJobUpdated(ids: "${id}") { id } }` }),
      signal: gone.signal,
    });
    await traced.sandbox.nextRequest('getUploadStatus');
    gone.abort();
    await stream.text().catch(() => {});
    expect((await end(traced)).code).toBe(0);
    expect(only(collector.spans, 'subscription')).toMatchObject({ traceId, failed: false });
    const polls = collector.spans.filter(({ kind }) => kind === 'client');
    expect(polls.length).toBeGreaterThan(0);
    for (const poll of polls)
      expect({ ...poll, isOf: poll.traceId === traceId }).toMatchObject({ parentSpanId: '', isOf: false });
  });

  test('names its process, reaches the collector with its headers, and holds no variable', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, {
      OTEL_SERVICE_NAME: 'coupons',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=stage',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=hush-1234',
    });
    await upload(traced.url, { input: { ...mobileInput, options: { idempotencyKey: 'monday-import-1' } } });
    await ask(traced.url, 'query One($id: ID!) { uploadJob(id: $id) { id } }', {
      variables: { id: 'COUPON_BATCH:990099:1' },
    });
    expect((await end(traced)).code).toBe(0);
    expect(collector.headers[0]).toMatchObject({ 'x-collector-key': 'hush-1234' });
    expect(only(collector.spans, 'query').resource).toMatchObject({
      'service.name': 'coupons',
      'deployment.environment.name': 'stage',
    });
    const told = Buffer.concat([...collector.bodies]).toString('latin1');
    expect(told).toContain('getUploadStatus');
    for (const value of ['990099', 'monday-import-1', 'hush-1234', 'sandbox-token']) {
      expect(told).not.toContain(value);
    }
  });

  test('without a name of its own is the gateway', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url);
    await ask(traced.url, '{ __typename }');
    await eventually(() => expect(collector.spans).toHaveLength(1));
    expect(collector.spans[0]?.resource).toMatchObject({ 'service.name': 'capillary-upload-gateway' });
  });
});
