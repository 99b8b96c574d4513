/** An operation that came with the page's address. */
export interface LinkedOperation {
  readonly query: string;
  readonly variables: string;
}

/** Reads `?query=&variables=` of the page's address. It is shown, and never run by itself. */
export function linkedOperation(search: string): LinkedOperation | undefined {
  const params = new URLSearchParams(search);
  const query = params.get('query');
  return query ? { query, variables: params.get('variables') ?? '' } : undefined;
}
