const jwt = /eyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g;
// C0, DEL, C1, and the marks that turn the reading direction or break lines in a terminal or a log viewer.
const unprintable = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;
const markup = /<[a-z!/?]/i;
const maxLength = 500;

/**
 * Makes a text of upstream fit to show: control characters become spaces, tokens and the given `secrets` become
 * `[redacted]`, and at most 500 characters are left. `undefined` when nothing readable remains or when it
 * is HTML, which is never passed on.
 */
export function cleanText(text: string, secrets: readonly string[] = []): string | undefined {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[redacted]');
  // A body may hold megabytes: look at no more of it than could be shown in the end.
  clean = clean.slice(0, maxLength * 20);
  if (markup.test(clean)) return undefined;
  clean = clean
    .replace(jwt, '[redacted]')
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed();
  if (clean.length > maxLength) clean = `${clean.slice(0, maxLength - 1).toWellFormed()}…`;
  return clean === '' ? undefined : clean;
}
