import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, GatewayError, httpStatusOf } from '../errors.ts';
import { apiHeaderLines } from './api-headers.ts';

/**
 * Answers what never becomes a whole HTTP request in the form of all other refusals: a body that ends before its
 * length, a request that is no HTTP. Node would send a bare 400. Call it once for each server.
 */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (req, res) => void latest.set(req.socket, res));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = latest.get(socket);
    // A request that has its answer, or part of it, gets no second one.
    const isAnswered =
      response?.headersSent === true && !(response.writableFinished && response.req.complete);
    if (!socket.writable || isAnswered) return void socket.destroy();
    socket.end(refusalOf(error), () => socket.destroy());
  });
}

function refusalOf(error: NodeJS.ErrnoException): string {
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

function reasonOf({ code }: NodeJS.ErrnoException): { readonly code: ErrorCode; readonly message: string } {
  switch (code) {
    case 'HPE_INVALID_EOF_STATE':
      return new GatewayError('TRUNCATED', 'The request ended before its body did. Send it again.');
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('PAYLOAD_TOO_LARGE', 'The headers are larger than they may be.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('REQUEST_TIMEOUT', 'The headers did not arrive in time.');
    default:
      return new GatewayError('BAD_REQUEST', 'The request is not well-formed HTTP.');
  }
}
