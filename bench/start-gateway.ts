import { type BenchProcess, startProcess } from './start-process.ts';

/**
 * Flags of `npm start`. A larger young generation holds more dead chunks of files, a smaller one makes queries
 * slower by a fifth or more. With V8's memory reducer a gateway that was idle for ten seconds has so little room to
 * grow that it collects all the time under load (`--trace-gc`).
 */
export const gatewayFlags = ['--max-semi-space-size=4', '--expose-gc', '--no-memory-reducer'];

/** The built gateway on a free port, as `npm start` runs it. */
export function startGateway(env: Record<string, string> = {}): Promise<BenchProcess> {
  return startProcess([...gatewayFlags, 'dist/main.js'], {
    ...{ MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' },
    ...{ PORT: '0', ...env },
  });
}
