/** What one request may hold: its variables, and its extensions. */
export const maxValues = 5_000;

/** Whether there are more than `maxValues`, in lists and objects of any depth. Looks no further than that. */
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
