/** How many values one request may hold in its variables, and as many in its extensions. */
export const maxValues = 5_000;

/** Whether there are more than `maxValues`, in lists and objects of any depth. Stops counting there. */
export function holdsMoreValues(values: unknown): boolean {
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
