import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Time from the client's end to the first probe whether it is still there, and between two probes. */
const probeMs = 500;

/**
 * Answers a client that closes its side of the connection once its request is whole (RFC 9293, 3.6); Node by
 * itself would take it for gone. A client that is gone looks the same, until a reset answers something that
 * is written: so `102 Processing` is sent every half second until the answer begins. HTTP/1.0 has no such
 * status, and its clients are answered blindly. Call it once for each server.
 */
export function answerHalfClosed(server: Server): void {
  // An option that Node has, though neither its documentation nor its types mention it.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket) => {
    // Each request on the socket listens; Node would take more than ten listeners for a leak.
    socket.setMaxListeners(0);
  });
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    let timer: NodeJS.Timeout | undefined;
    const probe = () => {
      // Behind another answer on the connection it would only have to wait.
      if (res.headersSent || !res.socket) return;
      res.writeProcessing();
    };
    const onEnd = () => {
      if (req.httpVersion === '1.1') timer = setInterval(probe, probeMs);
    };
    req.socket.once('end', onEnd);
    res.once('close', () => {
      clearInterval(timer);
      req.socket.off('end', onEnd);
    });
  });
}
