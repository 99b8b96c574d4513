import { expect } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { type GatewayProcess, type ProcessEnd, startProcess } from './gateway-process.ts';
import type { CollectedSpan } from './otlp-collector.ts';

/** A built gateway in a process of its own, which sends its traces, and a sandbox. */
export interface TracedGateway extends AsyncDisposable {
  readonly url: string;
  readonly gateway: GatewayProcess;
  readonly sandbox: Sandbox;
}

/** In a process of its own: the SDK reads the environment of a process. */
export async function startTraced(
  collectorUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TracedGateway> {
  const sandbox = await createSandbox();
  const gateway = await startProcess({
    ...{ COUPON_API_URL: sandbox.url, OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl },
    ...{ OTEL_BSP_SCHEDULE_DELAY: '50', ...env },
  });
  return {
    ...{ sandbox, gateway, url: gateway.url },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

/** Ends it properly, so that all it has to tell is told. */
export async function end({ gateway }: TracedGateway): Promise<ProcessEnd> {
  gateway.kill('SIGTERM');
  return gateway.ended;
}

/** The lines of its log. */
// biome-ignore lint/suspicious/noExplicitAny: lines of many shapes, looked at by assertions only
export function logged({ stdout }: GatewayProcess): any[] {
  return stdout.map((line) => JSON.parse(line));
}

/** The one span of this name. */
export function only(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0] as CollectedSpan;
}

/** As a router sends it (W3C Trace Context), with the two ids that it is made of. */
export const routersTrace = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
