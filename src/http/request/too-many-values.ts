import { GatewayError } from '../../errors.ts';

/** How many values one request may hold in its variables, and as many in its extensions. */
export const maxValues = 5_000;

/** Whether there are more than `maxValues`, in lists and objects of any depth. Stops counting there. */
export function hasTooManyValues(values: unknown): boolean {
  const open = [values];
  let count = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inside = Object.values(value);
    count += inside.length;
    if (count > maxValues) return true;
    for (const each of inside) open.push(each);
  }
  return false;
}

/** Extensions are held for as long as the operation lasts: in lists of nothing, a megabyte of text becomes fifteen. */
export function tooManyExtensions(): GatewayError {
  return new GatewayError('BAD_REQUEST', `The extensions hold more than ${maxValues} values.`);
}
