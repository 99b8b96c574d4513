import type { GraphQLResult } from '../request/graphql-result.ts';
import type { GraphQLParams } from '../request/multipart-parts.ts';

/** The query for all of these jobs at once, each under its place in the list. */
export function findJobs(ids: readonly string[]): GraphQLParams {
  const variables = Object.fromEntries(ids.map((id, at) => [`id${at}`, id]));
  const declared = ids.map((_, at) => `$id${at}: ID!`).join(', ');
  const fields = ids.map((_, at) => `job${at}: uploadJob(id: $id${at}) { id }`).join(' ');
  return { query: `query FindJobs(${declared}) { ${fields} }`, operationName: 'FindJobs', variables };
}

/** Those of the jobs that do not exist, by the answer to `findJobs`. One that could not be looked up may exist. */
export function missingJobs(ids: readonly string[], { data, errors = [] }: GraphQLResult): string[] {
  const failed = new Set(errors.map(({ path }) => path?.[0]));
  return ids.filter((_, at) => data?.[`job${at}`] === null && !failed.has(`job${at}`));
}
