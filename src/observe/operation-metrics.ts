import { Counter, Histogram, type Registry } from 'prom-client';
import type { FinishedOperation } from './operation-record.ts';

/** Counts operations by what they were and came to. */
export function addOperationMetrics(registry: Registry): (operation: FinishedOperation) => void {
  const registers = [registry];
  const operations = new Counter({
    name: 'gateway_operations_total',
    help: 'GraphQL operations that are over, by the code of their first error.',
    ...{ labelNames: ['type', 'code'], registers },
  });
  const seconds = new Histogram({
    name: 'gateway_operation_duration_seconds',
    help: 'From the request to the end of its answer. Subscriptions, which last for hours, are left out.',
    ...{ labelNames: ['type'], registers },
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200, 3600],
  });
  const refused = new Counter({
    name: 'gateway_uploads_refused_total',
    help: 'Requests with a file that failed before an upload began, by the code of their first error.',
    ...{ labelNames: ['code'], registers },
  });

  // `rate()` does not see the first event of a series that begins with it: so those that alerts wait for
  // exist from the start.
  for (const type of ['query', 'mutation', 'subscription', 'unknown'] as const) {
    for (const code of ['OK', 'INTERNAL_SERVER_ERROR']) operations.inc({ type, code }, 0);
    if (type !== 'subscription') seconds.zero({ type });
  }
  for (const code of ['RATE_LIMITED', 'SHUTTING_DOWN']) refused.inc({ code }, 0);

  return ({ type = 'unknown', code, seconds: took, isUploadRefused }) => {
    operations.inc({ type, code });
    if (type !== 'subscription') seconds.observe({ type }, took);
    if (isUploadRefused) refused.inc({ code });
  };
}
