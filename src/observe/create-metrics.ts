import { collectDefaultMetrics, Registry } from 'prom-client';
import type { WatchStats } from '../watch/create-watcher.ts';
import { addOperationMetrics } from './operation-metrics.ts';
import type { FinishedOperation } from './operation-record.ts';
import { addWatchMetrics } from './watch-metrics.ts';

export interface Metrics {
  /** Prometheus text. */
  print(): Promise<{ readonly contentType: string; readonly text: string }>;
  readonly registry: Registry;
  readonly onOperation: (operation: FinishedOperation) => void;
}

/**
 * The gateway's own registry, so that two gateways in one process do not meet. Values of labels come out of closed sets:
 * nothing that a caller or upstream writes can make a new one.
 */
export function createMetrics(watchStats: () => WatchStats): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const onOperation = addOperationMetrics(registry);
  addWatchMetrics(registry, watchStats);
  return {
    print: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    registry,
    onOperation,
  };
}
