import type { Log } from '../log.ts';
import { noTracing, type Tracing } from './tracing.ts';

/**
 * Connects to the collector that the OpenTelemetry variables name; without one, traces go nowhere. Whoever
 * connects closes.
 */
export async function connectCollector(isSet: boolean, log: Pick<Log, 'info' | 'warn'>): Promise<Tracing> {
  if (!isSet) return noTracing;
  // Loaded only where it is needed: it costs memory.
  const { createOpenTelemetry } = await import('./open-telemetry.ts');
  return createOpenTelemetry({ log });
}
