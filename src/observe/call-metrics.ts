import { Counter, Histogram, type Registry } from 'prom-client';
import type { FinishedCall } from '../capillary/upstream-call.ts';

/** Counts the calls of upstream by what was called and what came of it. */
export function addCallMetrics(registry: Registry): (call: FinishedCall) => void {
  const calls = new Counter({
    name: 'gateway_upstream_calls_total',
    help: 'Calls of upstream that are over, each attempt by itself, with HTTP status and code.',
    labelNames: ['call', 'status', 'code'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'gateway_upstream_call_duration_seconds',
    help: 'From the request to the end of its answer; of an upload its whole way included.',
    labelNames: ['call'],
    buckets: [0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200],
    registers: [registry],
  });

  return ({ call, status, code, seconds: took }) => {
    calls.inc({ call, status: statusLabel(status), code });
    seconds.observe({ call }, took);
  };
}

/** What upstream makes up must not make up new series: a status that HTTP does not know is none. */
function statusLabel(status: number | undefined): string {
  return status !== undefined && status >= 100 && status <= 599 ? String(status) : 'none';
}
