import { collectDefaultMetrics, Registry } from 'prom-client';

export interface Metrics {
  /** Prometheus text. */
  print(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The gateway's own registry, so that two gateways in one process do not meet. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { print: async () => ({ contentType: registry.contentType, text: await registry.metrics() }) };
}
