import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import { toPublicError } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { documentLimits } from './use-document-limits.ts';
import { useEventStreams } from './use-event-streams.ts';
import { usePlainErrors } from './use-plain-errors.ts';
import { type ServerContext, useRequestReading } from './use-request-reading.ts';

export interface GraphQLHandlerOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: (token: string | undefined, signal: AbortSignal) => GatewayContext;
  readonly idleTimeoutMs: number;
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  readonly logger: Logger;
  /** Comments in event streams keep proxies from cutting. Default 12,000. */
  readonly keepAliveMs?: number;
}

/** Yoga, with everything that its defaults leave open closed: bodies, errors, origins, documents. */
export function createGraphQLHandler(options: GraphQLHandlerOptions) {
  const { schema, createContext, idleTimeoutMs, corsOrigins, introspection, logger, keepAliveMs } = options;
  const maskError = (error: unknown) =>
    toPublicError(error, (bug, incidentId) => logger.error({ err: bug, incidentId }, 'unexpected error'));
  return createYoga<ServerContext, GatewayContext>({
    schema,
    context: ({ token, signal }) => createContext(token, signal),
    // Its parser buffers whole files, and its cap would cut a stream in the middle: both are ours, below.
    multipart: false,
    maxRequestBodySize: false,
    batching: false,
    cors: corsOrigins.length > 0 ? { origin: [...corsOrigins], credentials: true } : false,
    // Its own page loads from foreign origins; ours is in src/graphiql.
    graphiql: false,
    landingPage: false,
    // It would log what the converter has logged already, without its incident id.
    logging: false,
    maskedErrors: { maskError },
    plugins: [
      useRequestReading({ idleTimeoutMs }),
      ...documentLimits({ introspection }),
      useEventStreams({ maskError, keepAliveMs }),
      // Last: it sees what all others made of the result.
      usePlainErrors(),
    ],
  });
}
