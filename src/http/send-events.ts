import type { ServerResponse } from 'node:http';
import type { StreamFormat } from './stream-format.ts';

export interface SendEventsOptions<T> {
  readonly format: StreamFormat;
  /** JSON in one line. */
  readonly toText: (value: T) => string;
  /** Hears why the response was cut, when it was the source, or `toText`, that failed. */
  readonly onBug: (error: unknown) => void;
  readonly keepAliveMs: number;
}

/**
 * Writes the values as the body of a response, then its end, and a ping each `keepAliveMs`. A value is asked for when
 * the client has taken the ones before, so that what waits for a slow one stays in the source. The source is ended with
 * the response, and the response with the client's side of the connection: a stream would else run on for who is gone.
 */
export function sendEvents<T>(
  res: ServerResponse,
  source: AsyncIterator<T>,
  options: SendEventsOptions<T>,
): void {
  const { format, toText, onBug, keepAliveMs } = options;
  const { socket } = res.req;
  // Pings that a slow client does not take would pile up, too.
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
    // Also what `tell` throws: nobody else would hear it, and the process would end.
    source
      .next()
      .then(tell)
      .catch((error: unknown) => {
        // What fails because its client is gone is none.
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
