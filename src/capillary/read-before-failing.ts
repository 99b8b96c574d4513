import type { Socket } from 'node:net';

type OnWritten = (error?: Error | null) => void;

/**
 * Holds the failure of a write back until what has arrived before it is read. A server that refuses a request
 * early often resets the connection right behind its answer. The answer then waits in a socket whose next write
 * fails, and Node destroys a socket whose write fails without a look at what waits in it.
 */
export function readBeforeFailing<T extends Socket>(socket: T): T {
  const { _write: write, _writev: writev } = socket;
  const held =
    (onWritten: OnWritten): OnWritten =>
    (error) =>
      error ? afterNextRead(() => onWritten(error)) : onWritten();
  socket._write = (chunk, encoding, onWritten) => write.call(socket, chunk, encoding, held(onWritten));
  if (writev) socket._writev = (chunks, onWritten) => writev.call(socket, chunks, held(onWritten));
  return socket;
}

/** The first of the two may come before the event loop looks for what has arrived; between them it does. */
function afterNextRead(callback: () => void): void {
  setImmediate(setImmediate, callback);
}
