/**
 * Goes out with every answer that says nothing else: an answer is data for its caller alone, and no page, script or frame
 * of anybody. What needs TLS (HSTS) is left to who terminates it.
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
