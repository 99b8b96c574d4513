/** A variables object, a part of one, or a part of an answer. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object, and neither for a list nor for null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
