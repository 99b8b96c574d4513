/**
 * Parses a URL; `undefined` for a text that is none. Not with `URL.canParse`: once V8 has compiled it, it
 * reads Latin-1 text, which header values are, as UTF-8 (Node 20 and 22), and accepts `http://\xc3\xa0/`,
 * which `new URL` then throws at.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
