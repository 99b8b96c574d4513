import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ServerContext } from '../request/server-context.ts';

/** Tells the record of each operation what its document is, on every transport. */
export function useOperationRecord(): Plugin<object, ServerContext> {
  return {
    onParse({ context }) {
      // The type of the envelope does not know what the server puts into it.
      const { record, params } = context as typeof context & ServerContext;
      return ({ result }) => {
        if (result instanceof Error || result === null) return;
        const operation = getOperationAST(result, params?.operationName);
        if (operation) record.is(operation.operation, operation.name?.value);
      };
    },
  };
}
