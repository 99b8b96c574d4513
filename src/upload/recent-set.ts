/** A set that forgets its oldest members. */
export interface RecentSet {
  add(member: string): void;
  has(member: string): boolean;
  delete(member: string): void;
}

/** Holds the `maxSize` that were added last. */
export function createRecentSet(maxSize: number): RecentSet {
  const members = new Set<string>();
  return {
    add(member) {
      members.delete(member);
      members.add(member);
      const [oldest] = members;
      if (members.size > maxSize && oldest !== undefined) members.delete(oldest);
    },
    has: (member) => members.has(member),
    delete: (member) => void members.delete(member),
  };
}
