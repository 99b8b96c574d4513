import { Counter, Gauge, type Registry } from 'prom-client';
import type { WatchStats } from '../watch/watch-stats.ts';

/** The metrics of watching, read when they are asked for. */
export function addWatchMetrics(registry: Registry, watchStats: () => WatchStats): void {
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
  // Without Redis it cannot be away.
  if (watchStats().exchange !== 'alone') {
    gauge(
      'gateway_redis_up',
      '1 while polls are shared through Redis, 0 while it is away.',
      ({ exchange }) => (exchange === 'up' ? 1 : 0),
    );
  }
}
