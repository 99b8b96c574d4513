#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=4 --expose-gc
import { pino } from 'pino';
import { readCommandLine } from './command-line.ts';
import { ConfigError, parseConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { createLogger } from './observe/create-logger.ts';

/** Starts a gateway from the environment (operator's contract), and ends it with the process. */
async function main(): Promise<void> {
  const answer = readCommandLine(process.argv.slice(2));
  if (answer) {
    (answer.exitCode === 0 ? process.stdout : process.stderr).write(answer.text);
    process.exitCode = answer.exitCode;
    return;
  }
  const config = parseConfig(process.env);
  // Synchronous: lines that are still on their way would come after, or be lost, when the process exits.
  const logger = createLogger(config.logLevel, pino.destination({ fd: 1, sync: true }));
  const gateway = await createGateway(config, logger);
  let stoppingSinceMs: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSinceMs !== undefined) return again(signal, stoppingSinceMs);
    stoppingSinceMs = performance.now();
    logger.info({ signal }, 'shutting down');
    gateway.close().then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  /** Whoever cannot wait has SIGKILL, and a person at a terminal Ctrl-C. A second SIGTERM is mostly the first one, handed on. */
  const again = (signal: NodeJS.Signals, sinceMs: number) => {
    // So is a second SIGINT in the same moment: npm hands on what the terminal has sent to all already.
    if (signal === 'SIGTERM' || performance.now() - sinceMs < 1_000) {
      logger.info({ signal }, 'shutting down already');
      return;
    }
    logger.warn({ signal }, 'ended at once, whatever was running');
    process.exit(130);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // After the handlers: who waits for this line may signal at once, and would end the process without a drain.
  const { url, sandboxUrl } = gateway;
  logger.info(sandboxUrl ? { url, sandboxUrl, token: 'sandbox-token' } : { url }, 'ready');
}

/** What the operator can mend, in a line; the stack of what is a bug. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('syscall' in error && error.syscall === 'listen')
    return `${error.message}. Set HOST and PORT to others.`;
  return error instanceof ConfigError ? error.message : String(error.stack);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
