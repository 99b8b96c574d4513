import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../errors.ts';

/** Refuses an operation for what its document asks, under the status of one that does not validate. */
export function documentRefusal(
  message: string,
  code: ErrorCode = 'GRAPHQL_VALIDATION_FAILED',
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status: 400 } } });
}
