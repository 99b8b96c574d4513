import type { Redis } from 'ioredis';

/**
 * Ends the wait for an answer together with the connection that it was to come by. ioredis 5.11 goes on counting its
 * `socketTimeout`, and then cuts the next connection, which answers. To be called before the client connects.
 */
export function stopStaleClock(redis: Redis): void {
  const waiting = redis as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(waiting.socketTimeoutTimer);
    // Otherwise it would begin no other.
    waiting.socketTimeoutTimer = undefined;
  });
}
