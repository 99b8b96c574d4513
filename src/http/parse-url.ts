/**
 * The URL, or undefined where the text is none. Not `URL.canParse`: once V8 has compiled it, it reads Latin-1, which header
 * values are, as UTF-8 (Node 20 and 22), and says of `http://\xc3\xa0/` that it can be parsed, which then throws.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
