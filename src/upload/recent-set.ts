/** A set that forgets its oldest members. */
export interface RecentSet {
  add(member: string): void;
  /** Whether it was there. */
  delete(member: string): boolean;
}

export function createRecentSet(maxSize: number): RecentSet {
  const members = new Set<string>();
  return {
    add(member) {
      members.delete(member);
      members.add(member);
      const [oldest] = members;
      if (members.size > maxSize && oldest !== undefined) members.delete(oldest);
    },
    delete: (member) => members.delete(member),
  };
}
