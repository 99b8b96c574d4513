import { ConfigError } from './config.ts';
import type { GraphQLHandler } from './http/create-graphql-handler.ts';
import type { ServerContext } from './http/request/server-context.ts';

/**
 * Throws `ConfigError` with the first fault of each document that no request could execute: it does not parse, does not
 * fit the schema, or is beyond a limit. Its cost is left to the execution: it depends on the variables.
 */
export function checkPersistedDocuments(
  documents: ReadonlyMap<string, string> | undefined,
  graphql: GraphQLHandler,
): void {
  const problems = [...(documents ?? [])].flatMap(([id, text]) => {
    const fault = faultOf(text, graphql);
    return fault === undefined ? [] : `PERSISTED_DOCUMENTS: document "${id}" cannot be executed: ${fault}`;
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

function faultOf(text: string, graphql: GraphQLHandler): string | undefined {
  const { schema, parse, validate } = graphql.getEnveloped(ofNoRequest);
  try {
    const errors: readonly Error[] = validate(schema, parse(text));
    return errors[0]?.message;
  } catch (error) {
    return (error as Error).message;
  }
}

/** All that parsing and validating ask of a request is somewhere to note the operation. */
const ofNoRequest = { record: { is() {} } } as unknown as ServerContext;
