/** The token as the gateway reads it, from headers and from connection parameters alike; none: nothing. */
export function tokenHeader(token: string): Readonly<Record<string, string>> {
  return token === '' ? {} : { 'x-cap-api-oauth-token': token };
}
