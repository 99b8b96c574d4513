import type { Logger } from 'pino';
import { noTracing, type Tracing } from './tracing.ts';

/** Traces go to the collector that the OpenTelemetry variables name, or nowhere where none is set. Whoever connects closes. */
export async function connectCollector(isSet: boolean, log: Logger): Promise<Tracing> {
  if (!isSet) return noTracing;
  // Loaded only where it is wanted: it costs memory.
  const { createOpenTelemetry } = await import('./open-telemetry.ts');
  return createOpenTelemetry({ log });
}
