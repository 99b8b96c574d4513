/** A JSON object whose fields are not known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

const stringsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * `JSON.parse` that never rounds: whole numbers of 16 digits and more come out as strings. `undefined` when the text
 * is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    const json = text.replace(/^\ufeff/, '');
    // First as it is: in a text whose last string never ends, the search below would try every quote anew.
    const value: unknown = JSON.parse(json);
    return /[[:,]\s*-?\d{16}/.test(json) ? JSON.parse(quoteLongNumbers(json)) : value;
  } catch {
    return undefined;
  }
}

function quoteLongNumbers(json: string): string {
  return json.replace(stringsAndNumbers, (token) => (/^-?\d{16,}$/.test(token) ? `"${token}"` : token));
}

/** The value as an object, or `undefined` for everything else, `null` and arrays included. */
export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}

/** A string that says something, or a number as text; else `undefined`. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A number, or a string that holds one; else `undefined`. */
export function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A whole number of at most 19 digits as text without leading zeros; else `undefined`. Ids are never computed with. */
export function asId(value: unknown): string | undefined {
  const text = asText(value)?.trim();
  return text !== undefined && /^\d{1,19}$/.test(text) ? text.replace(/^0+(?=\d)/, '') : undefined;
}

/** `true`, `false` or either as text, as upstream writes it too; else `undefined`. */
export function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
