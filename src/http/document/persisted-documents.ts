import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import { documentRefusal } from './document-refusal.ts';

/** The documents that may be named by an id. */
export interface PersistedDocuments {
  readonly plugin: Plugin;
  /** The text to execute, '' without any; for transports that do not go through Yoga. Throws what a caller is told. */
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
  function queryOf(params: SentDocument): string {
    const id = idOf(params);
    if (only && (params.query || id === null)) throw required();
    if (params.query) return params.query;
    if (!documents) {
      if (id === null) return '';
      // These words make clients with automatic persisted queries send the document, and no hash from then on.
      throw documentRefusal('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
    }
    if (id === null) throw missing();
    const document = documents.get(id);
    if (document === undefined) throw documentRefusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND');
    return document;
  }

  return {
    plugin: {
      onParams({ params, setParams }) {
        const query = queryOf(params);
        if (query !== '') setParams({ ...params, query });
      },
    },
    queryOf,
  };
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
