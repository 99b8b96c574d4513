import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { type ErrorCode, httpStatusOf } from '../../errors.ts';
import type { ServerContext } from '../request/server-context.ts';
import { plainError } from './plain-error.ts';

/** Makes every error plain that leaves in a result over HTTP, and sets the status of a request that was not executed. */
export function usePlainErrors(): Plugin<object, ServerContext> {
  return {
    onResultProcess({ result, setResult, serverContext: { record } }) {
      if (Symbol.asyncIterator in result || !('errors' in result) || !result.errors) return;
      const settle = 'data' in result ? (result.data ? withoutStatus : asIs) : withStatus;
      const errors = result.errors.map((error) => settle(plainError(error, record)));
      setResult({ ...result, errors });
    },
  };
}

const asIs = (error: GraphQLError) => error;

/** What has data is a 200, whatever failed beside it (GraphQL over HTTP, Status Codes). */
function withoutStatus(error: GraphQLError): GraphQLError {
  error.extensions['http'] = {};
  return error;
}

/**
 * A request that was not executed is a 400 under `application/graphql-response+json`, as that spec says. Under
 * `application/json` it is a 200 as long as it was a GraphQL request at all. Yoga and graphql-js have other ideas.
 */
function withStatus(error: GraphQLError): GraphQLError {
  const { http, code } = error.extensions as { http?: { status?: number }; code: ErrorCode };
  // Refused before it was read at all: nobody knows whether it is a GraphQL request.
  if (http?.status === 429) return error;
  if (code === 'BAD_REQUEST') error.extensions['http'] = { status: 400, ...http, spec: false };
  else if (http === undefined || httpStatusOf(code) === undefined) {
    error.extensions['http'] = { ...http, spec: true, status: 400 };
  }
  return error;
}
