/** One value per credential, made when it is first asked for. */
export interface PerCredential<T> {
  get(credentialId: string): T;
  /** The values that are not idle. The others are dropped. */
  all(): readonly T[];
}

/**
 * Keeps the value of a credential for as long as it is not idle. Without a timer: idle values are dropped
 * when the number of values has doubled since the last look, and whenever `all` is called, as each scrape of
 * the metrics does, so that short-lived tokens neither pile up nor stay when no others come.
 */
export function createPerCredential<T extends { isIdle(): boolean }>(create: () => T): PerCredential<T> {
  const values = new Map<string, T>();
  let sweepAt = 16;
  return {
    get(credentialId) {
      const value = values.get(credentialId) ?? create();
      values.set(credentialId, value);
      if (values.size >= sweepAt) sweep(credentialId);
      return value;
    },
    all() {
      sweep();
      return [...values.values()];
    },
  };

  function sweep(keptId?: string): void {
    for (const [id, value] of values) if (id !== keptId && value.isIdle()) values.delete(id);
    sweepAt = Math.max(16, values.size * 2);
  }
}
