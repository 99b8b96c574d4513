import { failure, type GraphQLResult } from './graphql-result.ts';

/**
 * Reads an HTTP answer as a GraphQL result. Anything else, such as a proxy's error page, becomes a result that says so.
 */
export function readAnswer(status: number, text: string): GraphQLResult {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer))
      return answer as GraphQLResult;
  } catch {
    // Told below.
  }
  return failure(
    'NOT_GRAPHQL',
    `The answer is not GraphQL (HTTP ${status}). Something else answered in the gateway's place.`,
  );
}
