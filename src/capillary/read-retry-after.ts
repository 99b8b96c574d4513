const daySeconds = 86_400;

/**
 * `Retry-After` in whole seconds, from either of its forms: seconds or an HTTP date (RFC 9110, 10.2.3). At most a
 * day; a date in the past is 0. `undefined` when the header is missing or says nothing usable.
 */
export function readRetryAfter(header: string | undefined, now: () => number = Date.now): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text)), daySeconds);
  // Date.parse takes a bare "-5" for a year: only a text that names a weekday is an HTTP date.
  const isDate = /^[A-Z][a-z]{2,8},? /.test(text);
  // The oldest of its forms ends in the year, and means GMT without saying so.
  const atMs = isDate ? Date.parse(text.replace(/ \d{4}$/, '$& GMT')) : Number.NaN;
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(Math.ceil((atMs - now()) / 1000), 0), daySeconds);
}
