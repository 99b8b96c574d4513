/**
 * The headers of every answer that sets no others: an answer is data for its caller alone, and nobody's page,
 * script or frame. What needs TLS (HSTS) is left to whatever terminates it.
 */
export const apiHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The same as lines of an HTTP head, for answers that are written by hand. */
export const apiHeaderLines: readonly string[] = Object.entries(apiHeaders).map(
  ([name, value]) => `${name}: ${value}`,
);
