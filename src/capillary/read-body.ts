import type { Dispatcher } from 'undici';
import { createGrowingBuffer } from '../flow/growing-buffer.ts';
import { CapillaryError } from './capillary-error.ts';
import type { UpstreamAnswer } from './upstream-answer.ts';

/**
 * Reads an answer's body to its end. Past `maxBodyBytes`, or past what a JSON parser makes of so many bytes of
 * documented jobs, it cuts the connection and rejects with `UPSTREAM_INVALID_RESPONSE`; for a broken connection it
 * rejects with undici's error.
 */
export async function readBody(
  answer: Dispatcher.ResponseData,
  maxBodyBytes: number,
  secrets?: readonly string[],
): Promise<UpstreamAnswer> {
  const read = createGrowingBuffer(maxBodyBytes);
  let objects = 0;
  let commas = 0;
  // Leaving this loop by a throw destroys the body and its socket.
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    if (read.byteLength + chunk.length > maxBodyBytes)
      throw tooLargeError(answer.statusCode, `${maxBodyBytes} bytes`);
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === comma) commas += 1;
      else if (byte === brace || byte === bracket) objects += 1;
    }
    if (objects > maxObjects) throw tooLargeError(answer.statusCode, `${maxObjects} objects`);
    if (commas > maxObjects + 30 * objects)
      throw tooLargeError(answer.statusCode, '30 values in each object');
    read.append(chunk);
  }
  const body = read.bytes().toString('utf8');
  return { status: answer.statusCode, headers: answer.headers, body, secrets };
}

const [comma, brace, bracket] = Buffer.from(',{[');
/**
 * Jobs as documented do not reach this, nor 30 values each. Of as many bytes of shorter ones a parser made gigabytes,
 * and held the process for ten seconds. What stands in texts is counted, too.
 */
const maxObjects = 200_000;

function tooLargeError(httpStatus: number, limit: string): CapillaryError {
  const message = `Capillary's answer is larger than ${limit}.`;
  return new CapillaryError('UPSTREAM_INVALID_RESPONSE', message, { httpStatus });
}
