import { ConfigError, parseConfig } from '../../src/config.ts';

/** What is wrong with these environment variables; nothing where they are taken. */
export function configProblems(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The names of all variables that are read as settings. */
export function settingNames(): readonly string[] {
  const names = new Set<string>();
  parseConfig(new Proxy({}, { get: (_, name) => void names.add(String(name)) }));
  return [...names];
}
