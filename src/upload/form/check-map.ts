import { badRequest, shown } from './bad-request.ts';

/** How many files one request may bring. */
export const maxFilesPerRequest = 10;
const maxPathLength = 200;

/** For each file part, where in the operation it goes, as keys from the root. */
export type FilePaths = ReadonlyMap<string, readonly string[]>;

/**
 * Checks the `map` part against the `operations` part (GraphQL multipart request spec) before either is
 * trusted: walks own properties only, and sets nothing. Throws `GatewayError` `BAD_REQUEST`.
 */
export function checkMap(operations: unknown, map: unknown): FilePaths {
  if (Array.isArray(operations)) {
    throw badRequest('Batching is not supported: send one operation a request.');
  }
  if (!isObject(operations)) throw badRequest('The "operations" part must be a JSON object.');
  if (!isObject(map)) {
    throw badRequest('The "map" part must be a JSON object: {"<file part>": ["variables.<path>"]}.');
  }
  const entries = Object.entries(map);
  if (entries.length > maxFilesPerRequest) {
    throw badRequest(
      `The "map" part names ${entries.length} files; at most ${maxFilesPerRequest} are taken.`,
    );
  }
  const paths = new Map<string, readonly string[]>();
  for (const [part, named] of entries) {
    if (!Array.isArray(named)) throw badRequest(`The "map" entry ${shown(part)} must be an array of paths.`);
    // The file streams through once, so it cannot go to two paths; and without one nothing would read it.
    if (named.length !== 1) {
      throw badRequest(
        `The "map" entry ${shown(part)} must name exactly one path: send the file once for each use.`,
      );
    }
    const keys = checkPath(operations, named[0]);
    const path = keys.join('.');
    // The library would put the one file into its object for the other, over a method that it calls later, outside of
    // any promise: that ends the process.
    const taken = [...paths.values()].map((others) => others.join('.'));
    if (taken.some((other) => isWithin(path, other) || isWithin(other, path))) {
      throw badRequest(
        `Two "map" entries name the same path ${JSON.stringify(path)}, or one within the other.`,
      );
    }
    paths.set(part, keys);
  }
  return paths;
}

function isWithin(path: string, other: string): boolean {
  return `${path}.`.startsWith(`${other}.`);
}

function checkPath(operations: Record<string, unknown>, path: unknown): readonly string[] {
  if (typeof path !== 'string' || path.length === 0 || path.length > maxPathLength) {
    throw badRequest(`Each path in the "map" part must be a string of 1 to ${maxPathLength} characters.`);
  }
  const keys = path.split('.');
  const quoted = JSON.stringify(path);
  if (keys[0] !== 'variables' || keys.length < 2) {
    throw badRequest(`The "map" path ${quoted} must start with "variables.".`);
  }
  let holder: unknown = operations;
  for (const [index, key] of keys.entries()) {
    const isLast = index === keys.length - 1;
    if (!isContainer(holder) || !hasRoom(holder, key, isLast)) {
      throw badRequest(`The "map" path ${quoted} does not exist in the "operations" part.`);
    }
    const value = Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (isLast && !isPlaceholder(value)) {
      throw badRequest(
        `The "map" path ${quoted} must hold null in the "operations" part, in the file's place.`,
      );
    }
    holder = value;
  }
  return keys;
}

/** A file may stand under a new key of an object: clients forget to put null there. */
function hasRoom(holder: object, key: string, isLast: boolean): boolean {
  if (forbiddenKeys.has(key)) return false;
  if (Array.isArray(holder)) return /^(0|[1-9]\d{0,8})$/.test(key) && Number(key) < holder.length;
  return isLast || Object.hasOwn(holder, key);
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

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
