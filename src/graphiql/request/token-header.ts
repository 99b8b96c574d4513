/**
 * The token as the gateway reads it, from headers and connection parameters alike; nothing without a token. What no
 * header can hold, such as the dots of a token that was copied in part, becomes what the gateway refuses.
 */
export function tokenHeader(token: string): Readonly<Record<string, string>> {
  return token === '' ? {} : { 'x-cap-api-oauth-token': token.replace(/[^\x20-\xff]/g, '¿') };
}
