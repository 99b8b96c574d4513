import { maxHeaderSize, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, GatewayError, httpStatusOf } from '../../errors.ts';
import { apiHeaderLines } from '../answer/api-headers.ts';

/**
 * Answers what never becomes a whole HTTP request, such as a body that ends before its length or text that is
 * no HTTP, in the same form as all other refusals. Node would send a bare 400. Call it once for each server.
 */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const waiting = new WeakSet<Duplex>();
  server.on('request', (req, res) => void latest.set(req.socket, res));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Behind a request that was to be the last: whatever it is, the answer before it is the last (RFC 9112, 9.6).
    if (error.code === 'HPE_CLOSED_CONNECTION') return;
    const response = latest.get(socket);
    const refuse = () => {
      if (socket.writable) socket.end(refusalOf(error), () => socket.destroy());
    };
    if (!socket.writable) return void socket.destroy();
    if (!response || (response.req.complete && response.writableFinished)) return refuse();
    const isStreaming = response.headersSent && !response.writableEnded;
    if (response.req.complete && !isStreaming) {
      // Answers come in the order of their requests, so this one must wait. What follows the broken request
      // is broken, too, and gets no answer. Before Node's own listener, which closes the connection at this
      // event when the client has closed its side.
      if (!waiting.has(socket)) response.prependOnceListener('finish', refuse);
      waiting.add(socket);
      return;
    }
    // The broken request is the one that has its answer, or part of it, already: it gets no second one.
    if (response.headersSent) socket.destroy();
    else refuse();
  });
}

function refusalOf(error: BrokenRequest): string {
  const { code, message } = reasonOf(error);
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  const status = httpStatusOf(code) ?? 400;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...apiHeaderLines,
    '',
    body,
  ].join('\r\n');
}

/** As Node hands it to `clientError`. */
type BrokenRequest = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

function reasonOf({ code, rawPacket }: BrokenRequest): {
  readonly code: ErrorCode;
  readonly message: string;
} {
  switch (code) {
    case 'HPE_INVALID_EOF_STATE':
      return new GatewayError('TRUNCATED', 'The request ended before its body did. Send it again.');
    case 'HPE_HEADER_OVERFLOW':
      return isInRequestLine(rawPacket)
        ? new GatewayError('URI_TOO_LONG', 'The URL is too long. Send the query as a POST.')
        : new GatewayError('HEADERS_TOO_LARGE', 'The headers are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('REQUEST_TIMEOUT', 'The headers did not arrive in time.');
    default:
      return new GatewayError('BAD_REQUEST', 'The request is not well-formed HTTP.');
  }
}

/**
 * Whether the line that was too long is the request line (RFC 9112, 3). A long address that comes in several
 * pieces counts as headers: only the last piece is known here.
 */
function isInRequestLine(packet: Buffer | undefined): boolean {
  return /^\s*[A-Z-]+ \S*$/.test(packet?.subarray(0, maxHeaderSize).toString('latin1') ?? '');
}
