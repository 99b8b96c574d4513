import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql';

/**
 * The operation that a request runs: the only one, whatever its name, or the named one. The editor's name for it comes late
 * after a change of tabs, so that of a single operation is not asked. `undefined` for a text that is no GraphQL, and where
 * the name does not decide: the gateway's own message about it is better than one of ours.
 */
export function findOperation(query: string, name?: string | null): OperationDefinitionNode | undefined {
  try {
    const document = parse(query, { noLocation: true });
    return getOperationAST(document) ?? getOperationAST(document, name) ?? undefined;
  } catch {
    return undefined;
  }
}
