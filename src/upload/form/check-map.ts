import { GatewayError } from '../../errors.ts';

/** How many files one request may bring. */
export const maxFilesPerRequest = 10;
const maxPathLength = 200;

/** For each file part, the one place in the operation that it goes to, as keys from the root. */
export type Places = ReadonlyMap<string, readonly string[]>;

/**
 * Checks the `map` part against the `operations` part (GraphQL multipart request spec) before either is
 * trusted: walks own properties only, and sets nothing. Throws `GatewayError` `BAD_REQUEST`.
 */
export function checkMap(operations: unknown, map: unknown): Places {
  if (Array.isArray(operations)) {
    throw refuse('Batching is not supported: send one operation a request.');
  }
  if (!isObject(operations)) throw refuse('The "operations" part must be a JSON object.');
  if (!isObject(map)) {
    throw refuse('The "map" part must be a JSON object: {"<file part>": ["variables.<path>"]}.');
  }
  const entries = Object.entries(map);
  if (entries.length > maxFilesPerRequest) {
    throw refuse(`The "map" part names ${entries.length} files; at most ${maxFilesPerRequest} are taken.`);
  }
  const places = new Map<string, readonly string[]>();
  const taken: string[] = [];
  for (const [part, paths] of entries) {
    const name = JSON.stringify(part.slice(0, 40));
    if (!Array.isArray(paths)) throw refuse(`The "map" entry ${name} must be an array of paths.`);
    // The file streams through once, so it cannot go to two places; and with no place nothing would read it.
    if (paths.length !== 1) {
      throw refuse(`The "map" entry ${name} must name exactly one path: send the file once for each use.`);
    }
    const keys = checkPath(operations, paths[0]);
    const path = keys.join('.');
    // The library would put the one file into its object for the other, over a method that it calls later, outside of
    // any promise: that ends the process.
    if (taken.some((other) => isWithin(path, other) || isWithin(other, path))) {
      throw refuse(`Two "map" entries name the same path ${JSON.stringify(path)}, or one within the other.`);
    }
    taken.push(path);
    places.set(part, keys);
  }
  return places;
}

function isWithin(path: string, other: string): boolean {
  return `${path}.`.startsWith(`${other}.`);
}

function checkPath(operations: Record<string, unknown>, path: unknown): readonly string[] {
  if (typeof path !== 'string' || path.length === 0 || path.length > maxPathLength) {
    throw refuse(`Each path in the "map" part must be a string of 1 to ${maxPathLength} characters.`);
  }
  const keys = path.split('.');
  const shown = JSON.stringify(path);
  if (keys[0] !== 'variables' || keys.length < 2) {
    throw refuse(`The "map" path ${shown} must start with "variables.".`);
  }
  let holder: unknown = operations;
  for (const [index, key] of keys.entries()) {
    const last = index === keys.length - 1;
    if (!isContainer(holder) || (!last && !Object.hasOwn(holder, key)) || forbiddenKeys.has(key)) {
      throw refuse(`The "map" path ${shown} does not exist in the "operations" part.`);
    }
    if (Array.isArray(holder) && !(/^(0|[1-9]\d{0,8})$/.test(key) && Number(key) < holder.length)) {
      throw refuse(`The "map" path ${shown} does not exist in the "operations" part.`);
    }
    const value: unknown = Object.hasOwn(holder, key) ? (holder as Record<string, unknown>)[key] : undefined;
    if (last && !isPlaceholder(value)) {
      throw refuse(`The "map" path ${shown} must hold null in the "operations" part, in the file's place.`);
    }
    holder = value;
  }
  return keys;
}

// Own properties with these names can do no harm here, but the library behind this check refuses them with a
// message of its own.
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Null by the spec; in clients that forget to put it there, a browser's `File` becomes `{}` in JSON, or is absent. */
function isPlaceholder(value: unknown): boolean {
  return value === null || value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function refuse(message: string): GatewayError {
  return new GatewayError('BAD_REQUEST', message);
}
