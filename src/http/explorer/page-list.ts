import { readFile } from 'node:fs/promises';
import type { Encoding } from './choose-encoding.ts';

/** One file of the built page. */
export interface PageFile {
  /** Hash of its content. */
  readonly hash: string;
  readonly bytes: Readonly<Partial<Record<Encoding, number>>>;
}

/** The files of the built page by their paths, such as `assets/index-DkAk6MK6.js`. */
export type PageList = ReadonlyMap<string, PageFile>;

/**
 * Reads what the build listed in `page.json`; `undefined` when no page was built there. It is read at each
 * request, so that a page that is built anew, or for the first time, is served without a restart.
 */
export async function readPageList(folder: URL): Promise<PageList | undefined> {
  let text: string;
  try {
    text = await readFile(new URL('page.json', folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return new Map(Object.entries((JSON.parse(text) as { files: Record<string, PageFile> }).files));
}
