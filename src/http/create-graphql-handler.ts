import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import { toPublicError } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { defaultQuery } from './default-query.ts';
import { documentLimits } from './use-document-limits.ts';
import { useEventStreams } from './use-event-streams.ts';
import { usePlainErrors } from './use-plain-errors.ts';
import { type ServerContext, useRequestReading } from './use-request-reading.ts';

export interface GraphQLHandlerOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: (token: string | undefined, signal: AbortSignal) => GatewayContext;
  readonly idleTimeoutMs: number;
  readonly corsOrigins: readonly string[];
  readonly graphiql: boolean;
  /** Filled into the explorer's headers: the embedded sandbox's, which is no secret. */
  readonly demoToken?: string | undefined;
  readonly introspection: boolean;
  readonly logger: Logger;
  /** Comments in event streams keep proxies from cutting. Default 12,000. */
  readonly keepAliveMs?: number;
}

/** Yoga, with everything that its defaults leave open closed: bodies, errors, origins, documents. */
export function createGraphQLHandler(options: GraphQLHandlerOptions) {
  const {
    schema,
    createContext,
    idleTimeoutMs,
    corsOrigins,
    graphiql,
    introspection,
    demoToken,
    logger,
    keepAliveMs,
  } = options;
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
    graphiql: graphiql && {
      title: 'Capillary upload gateway',
      defaultQuery,
      ...(demoToken && { headers: JSON.stringify({ 'x-cap-api-oauth-token': demoToken }, null, 2) }),
    },
    // 45 MiB of memory once loaded: only for who opens the page.
    renderGraphiQL: async (page) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(page),
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
