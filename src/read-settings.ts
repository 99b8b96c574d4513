/** Reads single settings. A wrong one is added to the problems, and its fallback is returned. */
export interface SettingsReader {
  /** What is wrong with the settings. Whoever compares several of them adds what it finds. */
  readonly problems: string[];
  /** `undefined` for a variable that is not set, or empty. */
  text(name: string): string | undefined;
  integer(name: string, fallback: number, min: number, max?: number): number;
  /** Upper and lower case are the same. */
  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T;
  flag(name: string, fallback: boolean): boolean;
  /** Without slashes at its end. A problem never quotes it: it may hold a password. */
  url(name: string, protocols: readonly string[]): string | undefined;
}

/** Reads environment variables; an empty one counts as unset. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingsReader {
  const problems: string[] = [];
  const text = (name: string) => env[name]?.trim() || undefined;

  function oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = text(name);
    if (value === undefined) return fallback;
    const found = allowed.find((each) => each === value.toLowerCase());
    if (found === undefined) problems.push(`${name} must be one of ${allowed.join(', ')}, but is "${value}"`);
    return found ?? fallback;
  }

  return {
    problems,
    text,
    integer(name, fallback, min, max = Number.MAX_SAFE_INTEGER) {
      const value = text(name);
      if (value === undefined) return fallback;
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      problems.push(`${name} must be a whole number from ${min} to ${max}, but is "${value}"`);
      return fallback;
    },
    oneOf,
    flag: (name, fallback) =>
      ['true', '1'].includes(oneOf(name, ['true', 'false', '1', '0'], fallback ? 'true' : 'false')),
    url(name, protocols) {
      const value = text(name);
      if (value === undefined) return undefined;
      const found = URL.canParse(value) ? new URL(value) : undefined;
      if (!found?.host || !protocols.includes(found.protocol)) {
        const starts = protocols.map((protocol) => `${protocol}//`);
        problems.push(`${name} must be an address starting with ${starts.join(' or ')}`);
      } else if (found.protocol.startsWith('http') && /[@?#]/.test(value)) {
        // Paths are appended to it, and undici would drop the user without a word.
        problems.push(`${name} must be an address without a user, a query or a fragment`);
      } else if (!isDecodable(found.username) || !isDecodable(found.password)) {
        problems.push(
          `${name} has a user or a password with a "%" that stands for nothing: write it as "%25"`,
        );
      } else if (found.protocol.startsWith('redis') && !/^\d*$/.test(databaseOf(found))) {
        // ioredis would end the process when it connects.
        problems.push(`${name} must name its database by a number, as in redis://cache.example/2`);
      }
      return value.replace(/\/+$/, '');
    },
  };
}

function databaseOf({ pathname, searchParams }: URL): string {
  return pathname.slice(1) || (searchParams.get('db') ?? '');
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
