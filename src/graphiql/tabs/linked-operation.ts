import type { LinkedOperation } from './initial-tabs.ts';

/** Reads `?query=&variables=` of the page's address. It is shown, and never run by itself. */
export function linkedOperation(search: string): LinkedOperation | undefined {
  const params = new URLSearchParams(search);
  const query = params.get('query');
  return query ? { query, variables: params.get('variables') ?? '' } : undefined;
}
