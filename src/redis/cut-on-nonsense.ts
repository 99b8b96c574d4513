import type { Redis } from 'ioredis';

/**
 * Cuts a connection on which something comes that Redis never says, as from another program at its address. ioredis
 * 5.11 reads answers in a listener of the socket: what it throws there would end the process. To be called before the
 * client connects.
 */
export function cutOnNonsense(redis: Redis): void {
  redis.on('connect', () => {
    const { stream } = redis;
    // ioredis puts its own in front of all others.
    const [read] = stream.listeners('data') as ((bytes: Buffer) => void)[];
    if (!read) return;
    stream.off('data', read).prependListener('data', (bytes: Buffer) => {
      try {
        read(bytes);
      } catch {
        stream.destroy(new Error('Redis said something that is no answer'));
      }
    });
  });
}
