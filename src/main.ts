#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=4 --expose-gc --no-memory-reducer --wasm-tier-up-filter=0
import { closeSync } from 'node:fs';
import { type DestinationStream, type Logger, pino } from 'pino';
import { ConfigError, parseConfig } from './config.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { createLogger } from './observe/create-logger.ts';
import { readCommandLine } from './read-command-line.ts';

/** Starts a gateway from the environment (operator's contract), and ends it with the process. */
async function main(): Promise<void> {
  const answer = readCommandLine(process.argv.slice(2));
  if (answer) {
    (answer.exitCode === 0 ? process.stdout : process.stderr).write(answer.text);
    process.exitCode = answer.exitCode;
    return;
  }
  const config = parseConfig(process.env);
  const logger = createLogger(config.logLevel, openLines(process.stdout.fd));
  const gateway = await createGateway(config, logger);
  endWithProcess(gateway, logger);
  // After the handlers: whoever waits for this line may send a signal at once, which must not end the process
  // without a drain.
  const { url, sandboxUrl } = gateway;
  if (!sandboxUrl) return logger.info({ url }, 'ready');
  // A deployment without its settings would tell everybody that their files are with Capillary.
  const note = 'No upstream is set: uploads go to the embedded sandbox, and none to Capillary.';
  logger.warn({ url, sandboxUrl, token: 'sandbox-token', note }, 'ready');
}

/** Drains the gateway when the process is told to end, or something breaks, and then ends the process. */
function endWithProcess(gateway: Gateway, logger: Logger): void {
  let stoppingSinceMs: number | undefined;
  let exitCode = 0;
  const shutDown = (why: object) => {
    stoppingSinceMs = performance.now();
    logger.info(why, 'shutting down');
    gateway.close().then(
      () => {
        logger.info('stopped');
        process.exit(exitCode);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSinceMs === undefined) shutDown({ signal });
    else again(signal, stoppingSinceMs);
  };
  /**
   * A bug. Nobody knows what it left behind, so the process ends; but not at once, which would cut off the uploads of
   * callers who have nothing to do with it.
   */
  const breakDown = (error: unknown) => {
    logger.fatal({ err: error }, 'an error that nothing caught');
    exitCode = 1;
    if (stoppingSinceMs === undefined) shutDown({});
  };
  /**
   * A second Ctrl-C ends the process at once, and a script that cannot wait has SIGKILL. A second SIGTERM
   * or SIGHUP is mostly the first one, passed on again by a parent process.
   */
  const again = (signal: NodeJS.Signals, sinceMs: number) => {
    // So is a second SIGINT in the same moment: the terminal sends it to npm as well, which passes it on.
    if (signal !== 'SIGINT' || performance.now() - sinceMs < 1_000) {
      logger.info({ signal }, 'shutting down already');
      return;
    }
    logger.warn({ signal }, 'ended at once, whatever was running');
    process.exit(130);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop);
  // Node would abort at the very end: it cannot give a terminal that is closed its settings back.
  process.once('SIGHUP', () => {
    process.once('exit', () => {
      for (const fd of [0, 1, 2]) closeSync(fd);
    });
  });
  process.on('uncaughtException', breakDown);
}

/** One line for what the operator can fix; the stack for a bug. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('syscall' in error && ['listen', 'getaddrinfo'].includes(String(error.syscall)))
    return `${error.message}. Set HOST or PORT to another value.`;
  return error instanceof ConfigError ? error.message : String(error.stack);
}

/**
 * Writes lines at once: when the process exits, buffered lines would come late or be lost. Lines that cannot be written, as
 * to a full disk or to a pipe that nobody reads, wait for the next line, up to 1 MiB of them; the rest is lost. `fd` must be
 * that of `process.stdout`: Node opens a pipe so that a write to it never blocks.
 */
function openLines(fd: number): DestinationStream {
  const lines = pino.destination({ fd, sync: true, maxLength: 1024 * 1024, retryEAGAIN: () => false });
  // An error without a listener would end the process.
  lines.on('error', () => {});
  return lines;
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
