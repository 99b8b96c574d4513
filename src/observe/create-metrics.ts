import { Registry } from 'prom-client';
import type { OnCall } from '../capillary/upstream-call.ts';
import type { UploadPlaces } from '../upload/upload-places.ts';
import type { WatchStats } from '../watch/watch-stats.ts';
import { addCallMetrics } from './call-metrics.ts';
import { addOperationMetrics } from './operation-metrics.ts';
import type { FinishedOperation } from './operation-record.ts';
import { addPlaceMetrics } from './place-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { addUploadMetrics } from './upload-metrics.ts';
import type { OnUpload } from './upload-record.ts';
import { addWatchMetrics } from './watch-metrics.ts';

/** The gateway's metrics, and how they are fed. */
export interface Metrics {
  /** All metrics as Prometheus text, those of the process included. */
  print(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Holds the gateway's own metrics. */
  readonly registry: Registry;
  readonly onOperation: (operation: FinishedOperation) => void;
  readonly onCall: OnCall;
  readonly onUpload: OnUpload;
  /** Adds the metrics of watching, which are read when asked for. To be called once. */
  addWatching(stats: () => WatchStats): void;
  /** Adds the metrics of upload places. To be called once. */
  addUploadPlaces(places: Pick<UploadPlaces, 'max' | 'taken'>): void;
}

/**
 * A registry of its own, so that two gateways in one process do not mix. Values of labels come from closed
 * sets: nothing that a caller or upstream writes can make a new series.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const ofProcess = processMetrics();
  const onOperation = addOperationMetrics(registry);
  const onCall = addCallMetrics(registry);
  const onUpload = addUploadMetrics(registry);
  return {
    async print() {
      const texts = await Promise.all([registry.metrics(), ofProcess.metrics()]);
      return { contentType: registry.contentType, text: texts.join('\n') };
    },
    registry,
    onOperation,
    onCall,
    onUpload,
    addWatching: (stats) => addWatchMetrics(registry, stats),
    addUploadPlaces: (places) => addPlaceMetrics(registry, places),
  };
}
