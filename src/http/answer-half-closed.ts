import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** How long after its end an answer is awaited before it is tried whether the client is still there. */
const probeMs = 500;

/**
 * Answers a client that closes its side of the connection once its request is whole (RFC 9293, 3.6); by itself Node would
 * take it for gone. One that is gone says the same, and can only be told apart by a reset when something is written: so
 * it gets `102 Processing` every half second until its answer begins. HTTP/1.0 knows no such thing, and its client is answered
 * blindly. Call it once for each server.
 */
export function answerHalfClosed(server: Server): void {
  // Node has it, its documentation and its types do not.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket) => {
    // Each request on it listens; Node would take more than ten for a leak.
    socket.setMaxListeners(0);
  });
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    let timer: NodeJS.Timeout | undefined;
    const probe = () => {
      // Behind another answer on the connection it would only wait.
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
