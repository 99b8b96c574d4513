/** Looks a header, or a WebSocket connection parameter, up by its lower-case name. */
export type LookUp = (name: string) => string | null | undefined;

/** The token that a caller brought (operator's contract): `x-cap-api-oauth-token`, or `Authorization: Bearer`. */
export function callerToken(lookUp: LookUp): string | undefined {
  const own = lookUp('x-cap-api-oauth-token')?.trim();
  if (own) return own;
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(lookUp('authorization')?.trim() ?? '') ?? [];
  return bearer;
}
