import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { configProblems } from './support/config-problems.ts';

type Env = Readonly<Record<string, string>>;

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('A setting of traces that would be passed over without a word stops the start:', () => {
  test.each<{ env: Env; problem: string }>([
    {
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      problem: 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf',
    },
    { env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, problem: 'spoken here, but is "http/json"' },
    {
      env: { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
      problem:
        'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be http/protobuf, the only protocol that is spoken here',
    },
    {
      env: { OTEL_TRACES_EXPORTER: 'zipkin' },
      problem: 'OTEL_TRACES_EXPORTER must be otlp or none, but is "zipkin"',
    },
    { env: { OTEL_TRACES_EXPORTER: 'otlp,console' }, problem: 'OTEL_TRACES_EXPORTER must be otlp or none' },
    { env: { OTEL_PROPAGATORS: 'b3' }, problem: 'OTEL_PROPAGATORS must be a list with tracecontext in it' },
    {
      env: { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
      problem: 'OTEL_TRACES_SAMPLER must be one of always_on, ',
    },
    {
      env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%' },
      problem: 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, but is "10%"',
    },
    {
      env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1.5' },
      problem: 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1',
    },
    {
      env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' },
      problem: 'OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none',
    },
    {
      env: { OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '10s' },
      problem: 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT must be a',
    },
    {
      env: { OTEL_BSP_MAX_QUEUE_SIZE: '0' },
      problem: 'OTEL_BSP_MAX_QUEUE_SIZE must be a whole number above 0',
    },
    { env: { OTEL_BSP_SCHEDULE_DELAY: '-1' }, problem: 'OTEL_BSP_SCHEDULE_DELAY must be a whole number' },
    { env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '0' }, problem: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE must be' },
    { env: { OTEL_BSP_EXPORT_TIMEOUT: '5s' }, problem: 'OTEL_BSP_EXPORT_TIMEOUT must be a whole number' },
    {
      env: { OTEL_SDK_DISABLED: 'yes' },
      problem: 'OTEL_SDK_DISABLED must be true or false, but is "yes"',
    },
    ...[
      'Authorization Bearer secret',
      'bad name=secret',
      'a=secret;b',
      'a=%zzsecret',
      'a=secret%0a',
      'a=',
    ].map((OTEL_EXPORTER_OTLP_HEADERS) => ({
      env: { OTEL_EXPORTER_OTLP_HEADERS },
      problem: 'OTEL_EXPORTER_OTLP_HEADERS must be name=value,name=value, percent-encoded',
    })),
    {
      env: { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=1,secret', OTEL_EXPORTER_OTLP_HEADERS: 'a=1' },
      problem: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS must be',
    },
  ])('$env is told as: $problem', ({ env, problem }) => {
    expect(configProblems({ ...endpoint, ...env })).toEqual([expect.stringContaining(problem)]);
    expect(configProblems({ ...endpoint, ...env }).join()).not.toContain('secret');
  });

  test('each of them at once', () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_EXPORTER: 'zipkin', PORT: 'x' };
    expect(configProblems({ ...endpoint, ...env })).toHaveLength(3);
  });
});

describe('Nothing is wrong', () => {
  const wrong = {
    ...{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    ...{ OTEL_SDK_DISABLED: 'yes', OTEL_PROPAGATORS: 'b3' },
  };

  test.each<{ name: string; env: Env }>([
    { name: 'with what is set for a whole cluster, where no traces are made', env: wrong },
    { name: 'where traces are disabled', env: { ...endpoint, ...wrong, OTEL_SDK_DISABLED: 'true' } },
    {
      name: 'where none are exported',
      env: { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_EXPORTER: 'none' },
    },
  ])('$name', ({ env }) => {
    expect(parseConfig(env).tracing).toBe(false);
  });

  test.each<{ name: string; env: Env }>([
    {
      name: 'with a protocol that other signals have',
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
    },
    {
      name: 'with propagators beside the one that there is',
      env: { OTEL_PROPAGATORS: 'tracecontext, baggage' },
    },
    {
      name: 'with an argument that its sampler does not look at',
      env: { OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_SAMPLER_ARG: 'x' },
    },
    {
      name: 'with a small share',
      env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1e-3' },
    },
    {
      name: 'with headers, encoded or not',
      env: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YQ%3D%3D, x-b = plain words==,' },
    },
    {
      name: 'with compression and a timeout',
      env: {
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
        OTEL_TRACES_EXPORTER: 'otlp',
      },
    },
  ])('$name', ({ env }) => {
    expect(parseConfig({ ...endpoint, ...env }).tracing).toBe(true);
  });
});
