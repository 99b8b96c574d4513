import { type BenchProcess, startProcess } from './start-process.ts';

/** Flags of `npm start`: the young generation holds file chunks, and they are dead within a millisecond. */
export const gatewayFlags = ['--max-semi-space-size=1'];

/** The built gateway on a free port, as `npm start` runs it. */
export function startGateway(env: Record<string, string> = {}): Promise<BenchProcess> {
  return startProcess([...gatewayFlags, 'dist/main.js'], { MALLOC_ARENA_MAX: '2', PORT: '0', ...env });
}
