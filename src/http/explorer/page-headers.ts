/**
 * Headers of everything under `/graphiql/`. The page loads from its own origin alone and talks to it alone,
 * runs no inline script and nothing that is made from text, and stands in nobody's frame.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    // The editor (Monaco) places its lines, its cursor and its colours with style elements and attributes.
    "style-src 'self' 'unsafe-inline'",
    // The icons and wavy lines in Monaco's style sheets; its fonts and GraphiQL's the build makes files of.
    "img-src 'self' data:",
    "font-src 'self'",
    // 'self' holds for ws: and wss: too (CSP 3, 6.7.2.8).
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // Addresses of the page hold queries and variables.
  'referrer-policy': 'no-referrer',
};
