import { readFile } from 'node:fs/promises';
import { type Config, ConfigError } from './config.ts';
import type { PersistedDocumentsOptions } from './http/document/persisted-documents.ts';

/**
 * Reads documents by their ids from a JSON object, as GraphQL Code Generator writes it (`persisted-documents.json`).
 * Rejects with `ConfigError`.
 */
export async function readPersistedDocuments(
  setting: Config['persistedDocuments'],
): Promise<PersistedDocumentsOptions> {
  if (!setting) return { documents: undefined, only: false };
  const { path, only } = setting;
  const wrong = (why: string) => new ConfigError([`PERSISTED_DOCUMENTS (${path}) ${why}`]);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrong(`cannot be read: ${error.code}`);
  });
  const entries = Object.entries(parse(text) ?? {});
  if (entries.length === 0 || entries.some(([, document]) => typeof document !== 'string')) {
    throw wrong('must be a JSON object with a document for each id');
  }
  return { documents: new Map(entries as [string, string][]), only };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
