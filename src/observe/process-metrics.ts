import { collectDefaultMetrics, Registry } from 'prom-client';

let shared: Registry | undefined;

/**
 * The metrics of Node and of the process, collected from the first call on. One registry for all gateways in the
 * process: the library cannot stop collecting, so each registry would leave its observers of the event loop behind.
 */
export function processMetrics(): Registry {
  if (!shared) {
    shared = new Registry();
    collectDefaultMetrics({ register: shared });
  }
  return shared;
}
