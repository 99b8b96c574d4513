import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { bugBehind, type ErrorCode, errorTable, httpStatusOf } from '../errors.ts';
import type { ErrorNotes } from '../observe/operation-record.ts';
import type { ServerContext } from './server-context.ts';

const maxMessageLength = 500;

/**
 * Cleans every error that leaves: graphql-js quotes whole variable values and guesses at names, Yoga adds the
 * text of parser errors. Messages are cut, hints and quotes removed, errors without a code get one, and the
 * record takes note.
 */
export function usePlainErrors(): Plugin<object, ServerContext> {
  return {
    onResultProcess({ result, setResult, serverContext: { record } }) {
      if (Symbol.asyncIterator in result || !('errors' in result) || !result.errors) return;
      const isRefused = !('data' in result);
      setResult({
        ...result,
        errors: result.errors
          .map((error) => plainError(error, record))
          .map(isRefused ? withStatus : (error) => error),
      });
    },
  };
}

/** Exported for the transports that do not pass through HTTP results. */
export function plainError(error: GraphQLError, record: ErrorNotes): GraphQLError {
  const bug = bugBehind(error);
  if (bug !== undefined) record.bug(bug, error.path);
  const code = codeOf(error);
  record.failed(code);
  const { originalError: _, ...extensions } = error.extensions;
  return new GraphQLError(plainMessage(error.message), {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: {
      ...extensions,
      code,
      // With other codes it is upstream's own id of its request.
      ...(code === 'INTERNAL_SERVER_ERROR' && { requestId: record.requestId }),
    },
  });
}

/**
 * A request that was not executed is a 400 under `application/graphql-response+json`, as that spec says.
 * Under `application/json` it is a 200 as long as it was a GraphQL request at all. Yoga and graphql-js have
 * other ideas.
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

/**
 * Yoga has codes of its own; graphql-js has none, and refuses null in the place of a file before the scalar
 * can.
 */
function codeOf({ message, extensions }: GraphQLError): ErrorCode {
  const code = String(extensions['code']);
  if (Object.hasOwn(errorTable, code)) return code as ErrorCode;
  return /^Variable .* type "Upload!" /s.test(message) ? 'FILE_MISSING' : 'BAD_USER_INPUT';
}

function plainMessage(message: string): string {
  // By index: a pattern would try each of thousands of hints that a quoted value may hold.
  const hint = message.endsWith('?') ? message.lastIndexOf(' Did you mean ') : -1;
  const plain = hint < 0 ? message : message.slice(0, hint);
  return plain.length > maxMessageLength ? `${plain.slice(0, maxMessageLength)}…` : plain;
}
