/** The answer of a GraphQL server, or what this page makes of a request without an answer. */
export interface GraphQLResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphQLFault[];
}

/** An error of a result. */
export interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A result that this page makes itself, when there was no answer. Its code is none of the gateway's. */
export function failure(code: PageErrorCode, message: string): GraphQLResult {
  return { errors: [{ message, extensions: { code } }] };
}

/** Why a request has no answer from the gateway. */
export type PageErrorCode =
  | 'UNREACHABLE'
  | 'NOT_GRAPHQL'
  | 'CANCELLED'
  | 'FILE_NOT_CHOSEN'
  | 'FILE_CHANGED'
  | 'UPLOAD_RUNNING'
  | 'UPLOADED_BEFORE'
  | 'BAD_HEADER';
