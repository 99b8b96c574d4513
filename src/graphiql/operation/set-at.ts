import { isJsonObject, type JsonObject } from './json-object.ts';

/**
 * A copy with `value` at a dotted path. Objects and lists on the way are made where they are missing: a key of digits
 * makes a list. `undefined` removes the property.
 */
export function setAt(root: JsonObject, path: string, value: unknown): JsonObject {
  return setIn(root, path.split('.'), value) as JsonObject;
}

function setIn(node: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const isIndex = /^\d+$/.test(key);
  if (Array.isArray(node) || (isIndex && !isJsonObject(node))) {
    const list: unknown[] = Array.isArray(node) ? [...node] : [];
    list[Number(key)] = setIn(list[Number(key)], rest, value);
    return Array.from(list, (item) => item ?? null);
  }
  const { [key]: old, ...others } = isJsonObject(node) ? node : {};
  const next = setIn(old, rest, value);
  if (next === undefined) return others;
  // In its old place, so that a person finds it where it was.
  return isJsonObject(node) && Object.hasOwn(node, key)
    ? { ...node, [key]: next }
    : { ...others, [key]: next };
}
