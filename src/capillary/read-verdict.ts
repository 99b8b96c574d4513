import { asBoolean, asNumber, asRecord, asText, type JsonRecord } from './lenient-json.ts';

/** All that a JSON body tells about success and failure, gathered from every place where upstream may write it. */
export interface Verdict {
  /** HTTP-like and service codes, in the order found. */
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  /** A `success` of false, as a boolean or as text. */
  readonly failed: boolean;
  /** An `errors` list with something in it. */
  readonly hasErrors: boolean;
}

/**
 * Reads `{success,status,message}`, `{status:{code,success,message}}`, either of these under `response`, and
 * `{errors:[{code,message}]}` (upstream contract, section 2). Never throws: what is missing is left out.
 */
export function readVerdict(body: JsonRecord): Verdict {
  const { response, error } = body;
  const places = [body, response, error].flatMap((value) => {
    const place = asRecord(value) ?? {};
    const { status } = place;
    return [place, asRecord(status) ?? {}];
  });
  const errors = places.flatMap(({ errors: list }) => (Array.isArray(list) ? (list as unknown[]) : []));
  const found = [...places, ...errors.map((entry) => asRecord(entry) ?? { message: entry })];
  return {
    codes: found.flatMap((place: JsonRecord) => codesOf(place)),
    messages: [...new Set(found.flatMap((place: JsonRecord) => messageOf(place) ?? []))],
    failed: found.some(({ success }: JsonRecord) => asBoolean(success) === false),
    hasErrors: errors.length > 0,
  };
}

function codesOf({ status, code }: JsonRecord): string[] {
  return [status, code].flatMap((value) => (asNumber(value) === undefined ? [] : (asText(value) ?? [])));
}

/** Where there is no `message`, web frameworks put a text in `error`. */
function messageOf({ message, error }: JsonRecord): string | undefined {
  return asText(message) ?? asText(error);
}
