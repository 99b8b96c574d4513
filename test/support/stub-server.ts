import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from './listen.ts';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a stub answers: all parts optional, an object as `body` is sent as JSON. */
export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface StubServer extends AsyncDisposable {
  readonly url: string;
  /** Every request that arrived, in order, its body read to the end. */
  readonly requests: readonly StubRequest[];
}

/**
 * A real HTTP server on a free port. `answer` gets the request and its number, from 1; without a return value it has
 * to deal with the response itself, or leave the client waiting. Disposing cuts every connection.
 */
export async function startStubServer(
  answer: (
    request: StubRequest,
    number: number,
    response: ServerResponse,
  ) => StubAnswer | undefined | Promise<StubAnswer | undefined>,
): Promise<StubServer> {
  const requests: StubRequest[] = [];
  const server = createServer((message, response) => {
    void serve(message, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = message;
    const request = { method, path, headers, body: await text(message) };
    requests.push(request);
    const reply = await answer(request, requests.length, response);
    if (reply === undefined) return;
    const { status = 200, body = '' } = reply;
    response.writeHead(status, reply.headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  const listening = await listen(server);
  return {
    url: `http://${listening.host}`,
    requests,
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}
