import { GraphQLError } from 'graphql';
import type { ErrorNotes } from '../observe/operation-record.ts';
import { plainError } from './use-plain-errors.ts';

/**
 * An error as it goes out where Yoga does not write the result: plain, and without what is meant for Yoga.
 */
export function toldError(error: GraphQLError, record: ErrorNotes): GraphQLError {
  const plain = plainError(error, record);
  const { http: _, unexpected: __, ...extensions } = plain.extensions;
  const { message, nodes, source, positions, path } = plain;
  return new GraphQLError(message, {
    ...{ nodes: nodes ?? null, source: source ?? null },
    ...{ positions: positions ?? null, path: path ?? null, extensions },
  });
}
