import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql';

/**
 * The operation that a request runs: the named one, or the only one. `undefined` for a text that is no GraphQL, and
 * where the name does not decide: the gateway's own message about it is better than one of ours.
 */
export function findOperation(query: string, name?: string | null): OperationDefinitionNode | undefined {
  try {
    return getOperationAST(parse(query, { noLocation: true }), name) ?? undefined;
  } catch {
    return undefined;
  }
}
