import { GraphQLError } from 'graphql';
import { type ErrorCode, errorTable } from '../../errors.ts';
import type { ErrorNotes } from '../../observe/operation-record.ts';
import { bugBehind } from '../../to-public-error.ts';

/**
 * An error as it may leave: graphql-js quotes whole variable values and guesses at names. The message is cut, hints and
 * quotes are removed, an error without a code gets one, and the record takes note.
 */
export function plainError(error: GraphQLError, record: ErrorNotes): GraphQLError {
  const bug = bugBehind(error);
  if (bug !== undefined) record.bug(bug, error.path);
  const code = codeOf(error);
  record.failed(code);
  // graphql-js refuses null in the place of a file before the scalar could say what to do.
  const hint = code === 'FILE_MISSING' && !error.extensions['code'] ? nullFileHint : '';
  return new GraphQLError(plainMessage(error.message) + hint, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: {
      ...error.extensions,
      code,
      // With other codes it is upstream's own id of its request.
      ...(code === 'INTERNAL_SERVER_ERROR' && { requestId: record.requestId }),
    },
  });
}

/** The same where Yoga does not write the result: without what is meant for Yoga. */
export function toldError(error: GraphQLError, record: ErrorNotes): GraphQLError {
  const plain = plainError(error, record);
  Reflect.deleteProperty(plain.extensions, 'http');
  return plain;
}

const maxMessageLength = 500;
const nullFileHint = ' Send a GraphQL multipart request whose "map" names this variable.';

/** Yoga has codes of its own; graphql-js has none, and refuses null in the place of a file before the scalar can. */
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
