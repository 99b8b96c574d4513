import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { WatchStats } from './watch/create-watcher.ts';

export interface Metrics {
  /** Prometheus text. */
  print(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The gateway's own registry, so that two gateways in one process do not meet. The numbers are read when asked for. */
export function createMetrics(watchStats: () => WatchStats): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const gauge = (name: string, help: string, read: (stats: WatchStats) => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(read(watchStats()));
      },
    });
  const counter = (name: string, help: string, read: (stats: WatchStats) => number) =>
    new Counter({
      ...{ name, help, registers: [registry] },
      collect() {
        this.reset();
        this.inc(read(watchStats()));
      },
    });

  gauge('gateway_watchers', 'Subscriptions that are open.', ({ watchers }) => watchers);
  gauge('gateway_poll_loops', 'Series that are polled, each credential by itself.', ({ loops }) => loops);
  counter('gateway_polls_total', 'Polls of this instance.', ({ polls }) => polls);
  counter('gateway_failed_polls_total', 'Those of them that failed.', ({ failedPolls }) => failedPolls);
  gauge(
    'gateway_poll_budget_left_lowest',
    'Polls that the busiest credential has left for now.',
    ({ lowestBudgetLeft }) => lowestBudgetLeft,
  );
  // Without Redis there is no such thing as its being away.
  if (watchStats().exchange !== 'alone') {
    gauge(
      'gateway_redis_up',
      '1 while polls are shared through Redis, 0 while it is away.',
      ({ exchange }) => (exchange === 'up' ? 1 : 0),
    );
  }
  return { print: async () => ({ contentType: registry.contentType, text: await registry.metrics() }) };
}
