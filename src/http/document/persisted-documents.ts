import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { GraphQLParams, OnParamsEventPayload, Plugin } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import { documentRefusal } from './document-refusal.ts';

/** The documents that may be named by an id. */
export interface PersistedDocuments {
  readonly plugin: Plugin;
  /** The text to execute, for transports that do not go through Yoga. Throws what a caller is told. */
  queryOf(params: SentDocument): string;
}

/** The parameters of an operation that say which document it is. */
export interface SentDocument {
  readonly query?: string | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Which documents there are, and whether there may be others. */
export interface PersistedDocumentsOptions {
  /** Texts by id. `undefined`: there are none, and an id alone is refused. */
  readonly documents: ReadonlyMap<string, string> | undefined;
  /** Nothing else is executed. */
  readonly only: boolean;
}

/**
 * Executes documents by an id, which a client sends instead of a `query`: as `extensions.persistedQuery.sha256Hash`, or
 * as `documentId`. The limits and validation of all documents apply.
 */
export function createPersistedDocuments({ documents, only }: PersistedDocumentsOptions): PersistedDocuments {
  if (!documents) return withoutList;
  const plugin: Plugin = usePersistedOperations({
    getPersistedOperation: (id) => documents.get(id) ?? null,
    extractPersistedOperationId: idOf,
    allowArbitraryOperations: !only,
    customErrors: {
      notFound: () => documentRefusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND'),
      persistedQueryOnly: () => required(),
      keyNotFound: () => (only ? required() : missing()),
    },
  });
  return {
    plugin,
    queryOf(params) {
      let found = params as GraphQLParams;
      const setParams = (newParams: GraphQLParams) => {
        found = newParams;
      };
      // The hook works synchronously with what it is given here, and uses nothing else of its payload.
      void plugin.onParams?.({ params, setParams, context: {} } as unknown as OnParamsEventPayload);
      return found.query ?? '';
    },
  };
}

const withoutList: PersistedDocuments = {
  plugin: { onParams: ({ params }) => refuseId(params) },
  queryOf(params) {
    refuseId(params);
    return params.query ?? '';
  },
};

/** These words make clients with automatic persisted queries send the document, and no hash from then on. */
function refuseId(params: SentDocument): void {
  if (params.query || idOf(params) === null) return;
  throw documentRefusal('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
}

function idOf(params: SentDocument & { readonly documentId?: unknown }): string | null {
  const { persistedQuery } = params.extensions ?? {};
  const id = params.documentId ?? (persistedQuery as { sha256Hash?: unknown } | undefined)?.sha256Hash;
  // Relay's networks and others put the name of the hash before it.
  return typeof id === 'string' ? id.replace(/^sha256:/, '') : null;
}

function required(): Error {
  const message = 'Only documents of the list are executed here: send the id of one, and no "query".';
  return documentRefusal(message, 'PERSISTED_QUERY_REQUIRED');
}

function missing(): Error {
  return new GatewayError('BAD_REQUEST', 'Send a "query", or the id of a persisted document.');
}
