import { collectDefaultMetrics, Registry } from 'prom-client';

let shared: Registry | undefined;

/**
 * The numbers of Node and of the process, collected from the first call on. One registry, however many gateways are in the
 * process: the library has no way to stop collecting, so each would leave its observers of the event loop behind.
 */
export function processMetrics(): Registry {
  if (!shared) {
    shared = new Registry();
    collectDefaultMetrics({ register: shared });
  }
  return shared;
}
