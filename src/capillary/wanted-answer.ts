/**
 * The headers that ask upstream for what can be read here. Without the second any encoding would be as good (RFC 9110,
 * 12.5.3), and what stands in front of upstream might compress.
 */
export const wantedAnswer = { accept: 'application/json', 'accept-encoding': 'identity' } as const;
