import { createServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createOpenTelemetry } from '../src/observe/open-telemetry.ts';
import { openBlackHole } from './faults/black-hole.ts';
import { eventually } from './support/eventually.ts';
import { ask } from './support/graphql-client.ts';
import { hasProgram } from './support/has-program.ts';
import { listen } from './support/listen.ts';
import { startOtlpCollector } from './support/otlp-collector.ts';
import { makeSelfSigned } from './support/self-signed.ts';
import { end, logged, only, routersTrace, startTraced } from './support/traced-gateway.ts';

// These tests run what `npm run build` made, before a collector that takes what it is sent over HTTP.

const { traceId, spanId, traceparent } = routersTrace;

afterEach(() => void vi.unstubAllEnvs());

test('What is no trace of a router is passed over: the operation begins one of its own', async () => {
  const none = {
    idOfZeros: `00-${'0'.repeat(32)}-${spanId}-01`,
    spanOfZeros: `00-${traceId}-${'0'.repeat(16)}-01`,
    tooShort: `00-${traceId.slice(1)}-${spanId}-01`,
    forbiddenVersion: `ff-${traceId}-${spanId}-01`,
    capitals: traceparent.toUpperCase(),
    anotherText: '<script>',
    veryLong: `${traceparent}-${'a'.repeat(8_000)}`,
    twoOfThem: `${traceparent}, ${traceparent}`,
  };
  await using collector = await startOtlpCollector();
  await using traced = await startTraced(collector.url);
  for (const [name, sent] of Object.entries(none)) {
    const headers = { traceparent: sent, tracestate: `x=${'y'.repeat(2_000)}` };
    expect((await ask(traced.url, `query ${name} { __typename }`, { headers })).status).toBe(200);
  }
  expect((await end(traced)).code).toBe(0);
  const { spans } = collector;
  const names = spans.map(({ attributes }) => attributes['graphql.operation.name']);
  expect(names.toSorted()).toEqual(Object.keys(none).toSorted());
  expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(Object.keys(none).map(() => ''));
  expect(new Set([traceId, ...spans.map((span) => span.traceId)]).size).toBe(spans.length + 1);
});

test('A collector whose host drops what it is sent is away after a while, and the log says so', async () => {
  await using collector = await openBlackHole();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '100');
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '10');
  const told: string[] = [];
  const log = { info: () => {}, warn: (_: object, text = '') => void told.push(text) };
  const tracing = createOpenTelemetry({ log, connectTimeoutMs: 100 });
  tracing.begin('query', () => undefined).end();
  await eventually(() => expect(told).toEqual(['traces cannot be delivered and are dropped']), 2_000);
  await tracing.close();
});

describe.concurrent('The standard variables say', () => {
  test('how long a collector may take: then its traces are dropped, and the log says so', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume());
    const { host } = await listen(silent);
    await using traced = await startTraced(`http://${host}`, { OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    await ask(traced.url, '{ __typename }');
    const told = () => logged(traced.gateway).filter(({ msg }) => /^traces cannot be delivered/.test(msg));
    await eventually(() => expect(told()).toHaveLength(1));
    silent.close();
  });

  test('with which headers, the own ones of traces first, and compressed how', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=all,x-region=eu',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=traces',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    await ask(traced.url, '{ __typename }');
    expect((await end(traced)).code).toBe(0);
    only(collector.spans, 'query');
    expect(collector.headers[0]).toMatchObject({
      ...{ 'x-tenant': 'traces', 'x-region': 'eu' },
      ...{ 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf' },
    });
  });

  test('where to: below the endpoint of all signals, and at the very endpoint of traces', async () => {
    await using collector = await startOtlpCollector();
    await using all = await startTraced(`${collector.url}/otlp`);
    await ask(all.url, '{ __typename }');
    await end(all);
    await using own = await startTraced('http://127.0.0.1:1', {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/here`,
    });
    await ask(own.url, '{ __typename }');
    await end(own);
    expect(collector.paths).toEqual(['/otlp/v1/traces', '/here']);
  });

  test('which share is kept of the traces that begin here, and that a router decides over its own', async () => {
    await using collector = await startOtlpCollector();
    await using traced = await startTraced(collector.url, {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    for (let round = 0; round < 5; round += 1) await ask(traced.url, '{ __typename }');
    await ask(traced.url, '{ __typename }', { headers: { traceparent } });
    expect((await end(traced)).code).toBe(0);
    expect(only(collector.spans, 'query')).toMatchObject({ traceId, parentSpanId: spanId });
  });

  test('how many spans wait while the collector is busy: the others are dropped', async () => {
    let take = () => {};
    const taken = new Promise<void>((resolve) => {
      take = resolve;
    });
    await using collector = await startOtlpCollector({ until: taken });
    await using traced = await startTraced(collector.url, { OTEL_BSP_MAX_QUEUE_SIZE: '3' });
    for (let round = 0; round < 20; round += 1) await ask(traced.url, '{ __typename }');
    take();
    expect((await end(traced)).code).toBe(0);
    // Those that were on their way, and those that waited.
    expect(collector.spans.length).toBeGreaterThan(0);
    expect(collector.spans.length).toBeLessThanOrEqual(6);
  });
});

describe.skipIf(!hasProgram('openssl', ['version']))('A collector behind TLS', () => {
  test('is trusted by the certificate that is named, and not without it', async () => {
    await using tls = await makeSelfSigned();
    await using collector = await startOtlpCollector({ tls });
    await using trusting = await startTraced(collector.url, { OTEL_EXPORTER_OTLP_CERTIFICATE: tls.certFile });
    await ask(trusting.url, '{ __typename }');
    expect((await end(trusting)).code).toBe(0);
    only(collector.spans, 'query');

    await using doubting = await startTraced(collector.url);
    await ask(doubting.url, '{ __typename }');
    expect((await end(doubting)).code).toBe(0);
    expect(logged(doubting.gateway).filter(({ level }) => level >= 40)).toMatchObject([
      { msg: 'traces cannot be delivered and are dropped', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ]);
    expect(collector.spans).toHaveLength(1);
  });
});
