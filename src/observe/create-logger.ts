import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from '../log.ts';

/**
 * JSON lines with an ISO time and the level as a number, on stdout by default. Of an error only fields that
 * are known to be harmless are written.
 */
export function createLogger(level: LogLevel, destination: DestinationStream = pino.destination(1)): Logger {
  return pino(
    {
      ...{ level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      serializers: { err: (error: unknown) => loggedError(error) },
    },
    destination,
  );
}

const maxCauses = 5;

/**
 * Not the other properties: libraries keep requests there with tokens in their headers, and commands with
 * their passwords.
 */
function loggedError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause }: Error = error;
  const { code } = error as { code?: unknown };
  return {
    ...{ type: name, message, stack },
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    cause: cause === undefined || depth === maxCauses ? undefined : loggedError(cause, depth + 1),
  };
}
