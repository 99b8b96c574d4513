import type { ServerResponse } from 'node:http';
import type { StreamFormat } from './stream-format.ts';

/** How the values are written. */
export interface SendEventsOptions<T> {
  readonly format: StreamFormat;
  /** JSON in one line. */
  readonly toText: (value: T) => string;
  /** Hears why the response was cut, when the source or `toText` failed. */
  readonly onBug: (error: unknown) => void;
  readonly keepAliveMs: number;
}

/**
 * Writes the values as the body of a response, then its end, with a ping every `keepAliveMs`. Asks for the
 * next value when the client has taken the ones before, so that what waits for a slow client stays in the
 * source. The source ends with the response, and the response with the client's side of the connection: a
 * stream would otherwise run on for a client that is gone.
 */
export function sendEvents<T>(
  res: ServerResponse,
  source: AsyncIterator<T>,
  options: SendEventsOptions<T>,
): void {
  const { format, toText, onBug, keepAliveMs } = options;
  const { socket } = res.req;
  // Not while the client is slow: pings would pile up, too.
  const timer = setInterval(() => res.writableNeedDrain || res.write(format.ping), keepAliveMs);
  const cut = () => void res.destroy();
  const end = () => {
    clearInterval(timer);
    socket.off('end', cut);
    source.return?.().catch(() => {});
  };
  if (socket.readableEnded) cut();
  if (res.destroyed) end();
  else {
    res.once('close', end);
    socket.once('end', cut);
    res.write(format.start);
    ask();
  }

  function ask(): void {
    // Catches what `tell` throws, too: nobody else would, and the process would end.
    source
      .next()
      .then(tell)
      .catch((error: unknown) => {
        // A failure because the client is gone is no bug.
        if (!res.destroyed) onBug(error);
        res.destroy();
      });
  }

  function tell({ done, value }: IteratorResult<T>): void {
    if (res.destroyed) return;
    if (done) return void res.end(format.end);
    if (res.write(format.event(toText(value)))) ask();
    else res.once('drain', ask);
  }
}
