const daySeconds = 86_400;

/**
 * `Retry-After` in whole seconds, from either of its forms: seconds or an HTTP date (RFC 9110, 10.2.3). At most a
 * day; a date in the past is 0. `undefined` when the header is missing or says nothing usable. `sentOn` is the `Date`
 * of the same answer, and so the clock by which the date was set; without it our own counts.
 */
export function readRetryAfter(header: string | undefined, sentOn: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text)), daySeconds);
  const untilMs = readHttpDate(text);
  if (untilMs === undefined) return undefined;
  const sentMs = readHttpDate(sentOn?.trim() ?? '') ?? Date.now();
  return Math.min(Math.max(Math.ceil((untilMs - sentMs) / 1000), 0), daySeconds);
}

function readHttpDate(text: string): number | undefined {
  // Date.parse takes a bare "-5" for a year: only a text that names a weekday is an HTTP date.
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // The oldest of its forms ends in the year, and means GMT without saying so.
  const ms = Date.parse(text.replace(/ \d{4}$/, '$& GMT'));
  return Number.isNaN(ms) ? undefined : ms;
}
