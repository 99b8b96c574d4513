import { startCommand } from '../test/support/start-command.ts';
import { type BenchProcess, startProcess } from './start-process.ts';

/** The built gateway on a free port, as `npm start` runs it. */
export function startGateway(env: Record<string, string> = {}): Promise<BenchProcess> {
  return startProcess([...startCommand.flags, 'dist/main.js'], { ...startCommand.env, PORT: '0', ...env });
}
