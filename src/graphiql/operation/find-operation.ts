import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql';

/**
 * The operation that a request runs: the only one, whatever its name, or the named one. After a change of tabs the
 * editor's name for it comes late, so a single operation is not asked for its name. `undefined` for a text that is no
 * GraphQL, and where the name does not decide: the gateway's message about it is better than one of ours.
 */
export function findOperation(query: string, name?: string | null): OperationDefinitionNode | undefined {
  try {
    const document = parse(query, { noLocation: true });
    return getOperationAST(document) ?? getOperationAST(document, name) ?? undefined;
  } catch {
    return undefined;
  }
}
