import type { Dispatcher } from 'undici';
import { createGrowingBuffer } from '../flow/growing-buffer.ts';
import { CapillaryError } from './capillary-error.ts';
import type { UpstreamAnswer } from './upstream-answer.ts';

/**
 * Reads an answer's body to its end. Past `maxBodyBytes` it cuts the connection and rejects with
 * `UPSTREAM_INVALID_RESPONSE`; for a broken connection it rejects with undici's error.
 */
export async function readBody(
  answer: Dispatcher.ResponseData,
  maxBodyBytes: number,
  secrets?: readonly string[],
): Promise<UpstreamAnswer> {
  const read = createGrowingBuffer(maxBodyBytes);
  // Leaving this loop by a throw destroys the body and its socket.
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    if (read.byteLength + chunk.length > maxBodyBytes) throw tooLargeError(answer.statusCode, maxBodyBytes);
    read.append(chunk);
  }
  const body = read.bytes().toString('utf8');
  return { status: answer.statusCode, headers: answer.headers, body, secrets };
}

function tooLargeError(httpStatus: number, maxBodyBytes: number): CapillaryError {
  const message = `Capillary's answer is larger than ${maxBodyBytes} bytes.`;
  return new CapillaryError('UPSTREAM_INVALID_RESPONSE', message, { httpStatus });
}
