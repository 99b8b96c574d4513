import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { toPublicError } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { corsFor } from './cors-for.ts';
import { createCostCheck } from './cost-check.ts';
import { createDocumentCache } from './document-cache.ts';
import type { DocumentLimits } from './document-limits.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import type { GraphQLRequest, ServerContext } from './server-context.ts';
import type { UploadPlaces } from './upload-places.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { useEventStreams } from './use-event-streams.ts';
import { useOperationRecord } from './use-operation-record.ts';
import { usePlainErrors } from './use-plain-errors.ts';
import { useRequestReading } from './use-request-reading.ts';
import { useUploadPlaces } from './use-upload-places.ts';

export interface GraphQLHandlerOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: (request: GraphQLRequest) => GatewayContext;
  readonly idleTimeoutMs: number;
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  readonly documentLimits: DocumentLimits;
  readonly persisted: PersistedDocuments;
  /** For multipart requests. */
  readonly uploadPlaces: UploadPlaces;
  /** Comments in event streams keep proxies from cutting. Default 12,000. */
  readonly keepAliveMs?: number;
}

/** Yoga as the server needs it. */
export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

/** Yoga, with everything that its defaults leave open closed: bodies, errors, origins, documents. */
export function createGraphQLHandler(options: GraphQLHandlerOptions) {
  const {
    schema,
    createContext,
    idleTimeoutMs,
    corsOrigins,
    introspection,
    documentLimits,
    persisted,
    uploadPlaces,
    keepAliveMs,
  } = options;
  const checkCost = createCostCheck(documentLimits.maxCost);
  return createYoga<ServerContext, GatewayContext>({
    schema,
    context: createContext,
    // Its parser buffers whole files, and its cap would cut a stream in the middle: both are ours, below.
    multipart: false,
    maxRequestBodySize: false,
    batching: false,
    extraParamNames: ['documentId'],
    // A fault is found as fast again, and would be kept with the whole text that it is in.
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: noCache },
    cors: corsFor(corsOrigins),
    // Its own page loads from foreign origins; ours is in src/graphiql.
    graphiql: false,
    landingPage: false,
    // It would log what goes into the record of the operation, without the id of its request.
    logging: false,
    maskedErrors: { maskError: toPublicError },
    plugins: [
      useOperationRecord(),
      useRequestReading({ idleTimeoutMs, corsOrigins }),
      persisted.plugin,
      useUploadPlaces(uploadPlaces),
      ...useDocumentLimits({ ...documentLimits, introspection, checkCost }),
      useEventStreams({ maskError: toPublicError, checkCost, keepAliveMs }),
      // Last: it sees what all others made of the result.
      usePlainErrors(),
    ],
  });
}

const noCache = { get: () => undefined, set: () => {} };
