import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../log.ts';
import { writerOf } from './answer/response-writer.ts';
import type { GraphQLHandler } from './create-graphql-handler.ts';
import type { GraphQLRequest } from './request/server-context.ts';

/**
 * Answers requests with Yoga's responses. Yoga's own listener would pipe every body through a stream, and
 * hold the response and its stream for as long as a subscription lasts.
 */
export function createSendResponse(graphql: GraphQLHandler, log: Pick<Log, 'error'>) {
  return async (req: IncomingMessage, res: ServerResponse, context: GraphQLRequest): Promise<void> => {
    try {
      const response = await graphql.handleNodeRequest(req, { req, ...context });
      const write = writerOf(response);
      const body = write ? undefined : new Uint8Array(await response.arrayBuffer());
      // Whether the connection is kept is up to Node, and to the lingering: Yoga would keep that of each stream.
      response.headers.delete('connection');
      if (!res.destroyed) res.writeHead(response.status, Object.fromEntries(response.headers));
      if (write) write(res);
      else res.end(body);
    } catch (error) {
      log.error({ requestId: context.record.requestId, err: error }, 'an answer could not be written');
      res.destroy();
    }
  };
}
