import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { GatewayContext } from '../gateway-context.ts';
import { toPublicError } from '../to-public-error.ts';
import type { UploadPlaces } from '../upload/upload-places.ts';
import { usePlainErrors } from './answer/use-plain-errors.ts';
import { createCostCheck } from './document/cost-check.ts';
import { createDocumentCache } from './document/document-cache.ts';
import type { DocumentLimits } from './document/document-limits.ts';
import type { PersistedDocuments } from './document/persisted-documents.ts';
import { useDocumentLimits } from './document/use-document-limits.ts';
import { useOperationRecord } from './document/use-operation-record.ts';
import { useEventStreams } from './event-stream/use-event-streams.ts';
import type { GraphQLRequest, ServerContext } from './request/server-context.ts';
import { useRequestReading } from './request/use-request-reading.ts';
import { useUploadPlaces } from './request/use-upload-places.ts';

/** What executes operations, and within which limits. */
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
  /** Time between the pings of event streams, which keep proxies from cutting them. Default 12,000. */
  readonly keepAliveMs?: number;
}

/** Yoga, as `createGraphQLHandler` sets it up. */
export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

/** Sets Yoga up, with everything closed that its defaults leave open: bodies, errors, origins, documents. */
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
    // Its parser buffers whole files, and its cap would cut a stream in the middle: the plugins below do both.
    multipart: false,
    maxRequestBodySize: false,
    batching: false,
    extraParamNames: ['documentId'],
    // A faulty document fails as fast again, and a kept error would keep the document's whole text.
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: noCache },
    // The listener says what pages of other origins may do.
    cors: false,
    // Its own page loads from other origins; ours is in src/graphiql.
    graphiql: false,
    landingPage: false,
    // It would log what goes into the operation's record, without the id of the request.
    logging: false,
    maskedErrors: { maskError: toPublicError },
    plugins: [
      useOperationRecord(),
      useRequestReading({ idleTimeoutMs, corsOrigins }),
      persisted.plugin,
      useUploadPlaces(uploadPlaces),
      ...useDocumentLimits({ ...documentLimits, introspection, checkCost }),
      useEventStreams({ checkCost, keepAliveMs }),
      // Last, so that it sees what all others made of the result.
      usePlainErrors(),
    ],
  });
}

const noCache = { get: () => undefined, set: () => {} };
