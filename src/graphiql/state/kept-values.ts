import type { TextStorage } from './browser-storage.ts';

/** The few texts that outlive the page. */
export interface KeptValues {
  readonly read: (name: KeptName) => string | null;
  /** `null` removes. */
  readonly write: (name: KeptName, value: string | null) => void;
}

/** The names of these texts. */
export type KeptName = 'jobs' | 'token' | 'transport';

/** Reads and writes the browser's storage. */
export function keptValues(storage: TextStorage): KeptValues {
  const key = (name: KeptName) => `capillary-explorer:${name}`;
  return {
    read: (name) => storage.getItem(key(name)),
    write(name, value) {
      if (value === null) storage.removeItem(key(name));
      else storage.setItem(key(name), value);
    },
  };
}
