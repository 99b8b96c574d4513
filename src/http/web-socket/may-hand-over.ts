import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { hasBody } from '../connection/has-body.ts';

/**
 * Whether Node may hand over the connection of a request that asks for an upgrade, which it asks from version 22 on.
 * It should always: behind a request that it keeps, it drops whatever came in the same piece. But where it has read the
 * body by then, `ignoreUpgrade` could not have it read again.
 */
export function mayHandOver(req: Pick<IncomingMessage, 'headers'>): boolean {
  return leavesBody || !hasBody(req);
}

/** Up to version 24. Tried rather than looked up, since no version of Node has said so. */
const leavesBody = tryUpgrade('body') === 'body';

/** What Node hands over behind the headers of such a request. */
function tryUpgrade(body: string): string {
  let rest = '';
  const server = createServer().on('upgrade', (_req, _socket, head: Buffer) => {
    rest = head.toString();
  });
  const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  server.emit('connection', connection);
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\n';
  connection.emit('data', Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`));
  return rest;
}
