import type { IncomingMessage } from 'node:http';

/**
 * Calls `over` once, when the body has come to its end (`whole`) or never will. Listens to the socket as
 * well: Node tells a request that was answered before its end nothing more when its connection breaks.
 */
export function onBodyOver(req: IncomingMessage, over: (whole: boolean) => void): void {
  const { socket } = req;
  const settle = () => {
    req.off('end', settle);
    req.off('close', settle);
    socket.off('close', settle);
    over(req.complete);
  };
  req.once('end', settle);
  req.once('close', settle);
  socket.once('close', settle);
}
