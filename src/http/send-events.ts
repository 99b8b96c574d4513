import type { ServerResponse } from 'node:http';

export interface SendEventsOptions<T> {
  readonly toText: (value: T) => string;
  readonly keepAliveMs: number;
}

/**
 * Writes a body in the graphql-sse protocol, distinct connections mode: the values, then `complete`. Comments keep
 * proxies from cutting: one at once, since some browsers wait for a first byte, and one each `keepAliveMs`. A value is
 * asked for when the client has taken the ones before, so that what waits for a slow one stays in the source. The
 * source is ended with the response.
 */
export function sendEvents<T>(
  res: ServerResponse,
  source: AsyncIterator<T>,
  options: SendEventsOptions<T>,
): void {
  const { toText, keepAliveMs } = options;
  // Comments that a slow client does not take would pile up, too.
  const timer = setInterval(() => res.writableNeedDrain || res.write(comment), keepAliveMs);
  const end = () => {
    clearInterval(timer);
    source.return?.().catch(() => {});
  };
  if (res.destroyed) end();
  else {
    res.once('close', end);
    res.write(comment);
    ask();
  }

  function ask(): void {
    // Also what `tell` throws: nobody else would hear it, and the process would end.
    source
      .next()
      .then(tell)
      .catch(() => res.destroy());
  }

  function tell({ done, value }: IteratorResult<T>): void {
    if (res.destroyed) return;
    if (done) return void res.end('event: complete\ndata:\n\n');
    if (res.write(`event: next\ndata: ${toText(value)}\n\n`)) ask();
    else res.once('drain', ask);
  }
}

const comment = ':\n\n';
