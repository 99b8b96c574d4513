/** The token as the gateway reads it, from headers and connection parameters alike; nothing without a token. */
export function tokenHeader(token: string): Readonly<Record<string, string>> {
  return token === '' ? {} : { 'x-cap-api-oauth-token': token };
}
