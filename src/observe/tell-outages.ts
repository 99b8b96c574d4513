import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../log.ts';

/**
 * An exporter that logs once when its collector goes away, and once when it is back; the SDK itself says
 * nothing, or too much.
 */
export function tellOutages(exporter: SpanExporter, log: Pick<Log, 'info' | 'warn'>): SpanExporter {
  let away = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !away)
          log.warn({ reason: reasonOf(result.error) }, 'traces cannot be delivered and are dropped');
        if (!failed && away) log.info({}, 'traces are delivered again');
        away = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** Never the answer's body, nor what was sent: the collector's credentials stand in the headers. */
function reasonOf(error: (Error & { code?: unknown }) | undefined): string {
  const code = error?.code;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : (error?.name ?? 'unknown');
}
