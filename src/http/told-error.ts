import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { plainError } from './use-plain-errors.ts';

/** An error as it goes out where Yoga does not write the result: plain, and without what was meant for Yoga. */
export function toldError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = plainError(error).toJSON();
  const { http: _, unexpected: __, ...told } = extensions ?? {};
  return { ...rest, extensions: told };
}
