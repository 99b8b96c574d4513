import type { JsonObject } from './json-object.ts';

/** What stands at a dotted path; `undefined` where there is nothing. Own properties only. */
export function valueAt(root: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    return (node as JsonObject)[key];
  }, root);
}
