/**
 * The headers that ask upstream for what can be read here. Without the second any encoding would be
 * acceptable (RFC 9110, 12.5.3), and a proxy in front of upstream might compress.
 */
export const wantedAnswer = { accept: 'application/json', 'accept-encoding': 'identity' } as const;
