import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { type ErrorCode, GatewayError, type HttpRefusal, httpStatusOf, maskedMessage } from './errors.ts';
import { publicCode, publicExtensions } from './public-code.ts';

/** Turns whatever was thrown into the error that a caller may see. A bug is masked; `bugBehind` tells it. */
export function toPublicError(error: unknown): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  const inner = located?.originalError ?? error;
  if (inner instanceof GraphQLError) return inner === error ? inner : relocate(inner, located);
  const code = publicCode(inner);
  if (code === undefined) return build('BAD_REQUEST', 'The request was given up.', {}, located);
  if (code !== 'INTERNAL_SERVER_ERROR') {
    const http = inner instanceof GatewayError ? inner.http : undefined;
    return build(code, (inner as Error).message, publicExtensions(inner), located, http);
  }
  const masked = build(code, maskedMessage, publicExtensions(inner), located);
  bugs.set(masked, inner instanceof GatewayError ? (inner.cause ?? inner) : inner);
  return masked;
}

const bugs = new WeakMap<GraphQLError, unknown>();

/** The bug that `toPublicError` has masked: for the log, never for the caller. Returned only once. */
export function bugBehind(error: GraphQLError): unknown {
  const bug = bugs.get(error);
  bugs.delete(error);
  return bug;
}

function build(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
  located: GraphQLError | undefined,
  http?: HttpRefusal,
): GraphQLError {
  const status = httpStatusOf(code);
  // Never left out: Yoga takes an error without `http` for an unexpected one and answers 500.
  return new GraphQLError(message, {
    ...place(located),
    extensions: { code, ...extensions, http: http ?? (status ? { status } : {}) },
  });
}

function relocate(error: GraphQLError, located: GraphQLError | undefined): GraphQLError {
  // Ours, which says by itself what to do.
  const isMissingFile = error.extensions['code'] === 'FILE_MISSING';
  const where = isMissingFile ? '' : variablePlace(located?.message ?? '', error.message);
  return new GraphQLError(where + error.message, { ...place(located), extensions: error.extensions });
}

/** What graphql-js puts before the reason why a variable does not fit, without the value that it quotes there. */
function variablePlace(message: string, reason: string): string {
  const [, name] = /^Variable "\$(\w+)" got invalid value /.exec(message) ?? [];
  if (!name) return '';
  const [, path] = / at "([\w.[\]]+)"; $/.exec(message.slice(0, -reason.length).slice(-200)) ?? [];
  return `Variable "$${name}" got an invalid value${path ? ` at "${path}"` : ''}; `;
}

function place(located: GraphQLError | undefined): Pick<GraphQLErrorOptions, 'nodes' | 'path'> {
  return { nodes: located?.nodes ?? null, path: located?.path ?? null };
}
