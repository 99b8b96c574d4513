import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../errors.ts';

/** An error that refuses an operation for what its document asks, with the status of one that does not validate. */
export function documentRefusal(
  message: string,
  code: ErrorCode = 'GRAPHQL_VALIDATION_FAILED',
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status: 400 } } });
}
