import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from '../errors.ts';
import type { UploadResult } from '../upload/result/upload-result.ts';
import type { OnUpload, RunningUpload } from './upload-record.ts';

/**
 * Counts uploads, their bytes and their rows. The bytes of running uploads are read when the metrics are
 * asked for, so no chunk pays for it.
 */
export function addUploadMetrics(registry: Registry): OnUpload {
  const registers = [registry];
  const counted = new Map<RunningUpload, number>();
  const count = (upload: RunningUpload) => {
    const now = upload.bytes();
    bytes.inc({ kind: upload.kind }, now - (counted.get(upload) ?? 0));
    counted.set(upload, now);
  };

  const started = new Counter({
    name: 'gateway_uploads_started_total',
    help: 'Upload mutations that began.',
    ...{ labelNames: ['kind'], registers },
  });
  const finished = new Counter({
    name: 'gateway_uploads_finished_total',
    help: 'Upload mutations that are over, by the member of UploadResult or the code of the error.',
    ...{ labelNames: ['kind', 'outcome', 'replayed'], registers },
  });
  new Gauge({
    name: 'gateway_uploads_in_flight',
    help: 'Upload mutations that run.',
    registers,
    collect() {
      this.set(counted.size);
    },
  });
  const bytes: Counter<'kind'> = new Counter({
    name: 'gateway_upload_bytes_total',
    help: 'Bytes of files that arrived, those of running uploads and of refused files included.',
    ...{ labelNames: ['kind'], registers },
    collect() {
      for (const upload of counted.keys()) count(upload);
    },
  });
  const rows = new Counter({
    name: 'gateway_upload_rows_total',
    help: 'Data rows of files that upstream has taken.',
    ...{ labelNames: ['kind'], registers },
  });
  const seconds = new Histogram({
    name: 'gateway_upload_duration_seconds',
    help: 'Of uploads that upstream has taken now, from the mutation to its answer.',
    ...{ labelNames: ['kind'], registers },
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
  });

  // `rate()` does not see the first event of a series that begins with it: so those that alerts wait for
  // exist from the start.
  for (const kind of ['COUPON_BATCH', 'REDEEMED_COUPONS'] as const) {
    for (const counter of [started, bytes, rows]) counter.inc({ kind }, 0);
    for (const outcome of awaited) finished.inc({ kind, outcome, replayed: 'false' }, 0);
    finished.inc({ kind, outcome: 'UploadAccepted', replayed: 'true' }, 0);
    seconds.zero({ kind });
  }

  return (upload) => {
    const { kind } = upload;
    started.inc({ kind });
    counted.set(upload, 0);
    return ({ outcome, replayed, rows: passed = 0, seconds: took }) => {
      count(upload);
      counted.delete(upload);
      finished.inc({ kind, outcome, replayed: String(replayed) });
      if (outcome !== 'UploadAccepted' || replayed) return;
      rows.inc({ kind }, passed);
      seconds.observe({ kind }, took);
    };
  };
}

/** The results, and the codes of which an operator must hear. */
const awaited: readonly (UploadResult['__typename'] | ErrorCode)[] = [
  'UploadAccepted',
  'UploadChecked',
  'InvalidFileError',
  'InvalidInputError',
  'UpstreamRejectedError',
  'UploadOutcomeUnknownError',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_INVALID_RESPONSE',
  'INTERNAL_SERVER_ERROR',
];
