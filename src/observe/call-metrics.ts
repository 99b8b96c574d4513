import { Counter, Histogram, type Registry } from 'prom-client';
import { capillaryErrorCodes } from '../capillary/capillary-error.ts';
import { callNames, type FinishedCall } from '../capillary/upstream-call.ts';

/** Counts the calls of upstream by what was called and what came of it. */
export function addCallMetrics(registry: Registry): (call: FinishedCall) => void {
  const registers = [registry];
  const calls = new Counter({
    name: 'gateway_upstream_calls_total',
    help: 'Calls of upstream that are over, each attempt by itself, by what they came to.',
    ...{ labelNames: ['call', 'code'], registers },
  });
  const answers = new Counter({
    name: 'gateway_upstream_answers_total',
    help: 'Answers of upstream, by their HTTP status.',
    ...{ labelNames: ['call', 'status'], registers },
  });
  const seconds = new Histogram({
    name: 'gateway_upstream_call_duration_seconds',
    help: 'From the request to the end of its answer; of an upload its whole way included.',
    ...{ labelNames: ['call'], registers },
    buckets: [0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200, 3600],
  });

  // `rate()` does not see the first event of a series that begins with it: so all series exist from the
  // start, except those of statuses.
  for (const call of callNames) {
    for (const code of ['OK', 'GIVEN_UP', ...capillaryErrorCodes]) calls.inc({ call, code }, 0);
    seconds.zero({ call });
  }

  return ({ call, status, code, seconds: took }) => {
    calls.inc({ call, code });
    if (status !== undefined) answers.inc({ call, status: statusLabel(status) });
    seconds.observe({ call }, took);
  };
}

/** Upstream must not be able to make up new series: all statuses that HTTP does not know are one. */
function statusLabel(status: number): string {
  return status >= 100 && status <= 599 ? String(status) : 'other';
}
