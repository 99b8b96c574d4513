/** Looks up a header, or a WebSocket connection parameter, by its lower-case name. */
export type LookUp = (name: string) => string | null | undefined;

/**
 * The access token that a caller sent: `x-cap-api-oauth-token`, or `Authorization: Bearer`. `undefined` without one.
 */
export function callerToken(lookUp: LookUp): string | undefined {
  const own = lookUp('x-cap-api-oauth-token')?.trim();
  if (own) return own;
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(lookUp('authorization')?.trim() ?? '') ?? [];
  return bearer;
}
