import { Counter, Histogram, type Registry } from 'prom-client';
import type { FinishedOperation } from './operation-record.ts';

/** Counts operations by what they were and came to. */
export function addOperationMetrics(registry: Registry): (operation: FinishedOperation) => void {
  const operations = new Counter({
    name: 'gateway_operations_total',
    help: 'GraphQL operations that are over, by the code of their first error.',
    labelNames: ['type', 'code'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'gateway_operation_duration_seconds',
    help: 'From the request to the end of its answer. Subscriptions, which last for hours, are left out.',
    labelNames: ['type'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers: [registry],
  });

  // A rate sees nothing of a series that begins with its first event: what alerts wait for is there from the start.
  for (const type of ['query', 'mutation', 'subscription'] as const) {
    for (const code of ['OK', 'INTERNAL_SERVER_ERROR']) operations.inc({ type, code }, 0);
  }

  return ({ type = 'unknown', code, seconds: took }) => {
    operations.inc({ type, code });
    if (type !== 'subscription') seconds.observe({ type }, took);
  };
}
