import { type BenchProcess, startProcess } from './start-process.ts';

/** Flags of `npm start`: a larger young generation holds more dead chunks of files, a smaller one makes queries slower by a fifth or more. */
export const gatewayFlags = ['--max-semi-space-size=4', '--expose-gc'];

/** The built gateway on a free port, as `npm start` runs it. */
export function startGateway(env: Record<string, string> = {}): Promise<BenchProcess> {
  return startProcess([...gatewayFlags, 'dist/main.js'], {
    ...{ MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' },
    ...{ PORT: '0', ...env },
  });
}
