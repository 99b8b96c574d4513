import type { JsonObject } from '../operation/json-object.ts';
import { setAt } from '../operation/set-at.ts';

/** A GraphQL operation as it goes over the wire. */
export interface GraphQLParams {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: JsonObject | undefined;
}

/** A GraphQL multipart request before it is a form. */
export interface MultipartParts<File> {
  readonly operations: string;
  readonly map: string;
  /** By the key that `map` uses: `0`, `1` ... */
  readonly files: readonly (readonly [key: string, file: File])[];
}

/**
 * Builds a request with files as the specification says (github.com/jaydenseric/graphql-multipart-request-spec): `null`
 * where each file belongs, and a map from part to place.
 */
export function multipartParts<File>(
  params: GraphQLParams,
  placed: readonly { readonly path: string; readonly file: File }[],
): MultipartParts<File> {
  const variables = placed.reduce((filled, { path }) => setAt(filled, path, null), params.variables ?? {});
  const map = Object.fromEntries(placed.map(({ path }, index) => [String(index), [`variables.${path}`]]));
  return {
    operations: JSON.stringify({ ...params, variables }),
    map: JSON.stringify(map),
    files: placed.map(({ file }, index) => [String(index), file] as const),
  };
}
