import { readdirSync, readFileSync } from 'node:fs';

/** A Markdown file of the repository. */
export interface Guide {
  /** From the repository's root. */
  readonly path: string;
  readonly address: URL;
  readonly text: string;
}

/** A fenced block of a guide. */
export interface CodeBlock {
  readonly path: string;
  readonly language: string;
  readonly code: string;
}

const root = new URL('../../', import.meta.url);

/** README and its like, and all that is written under docs and examples. */
export function readGuides(): readonly Guide[] {
  const within = (folder: string) => readdirSync(new URL(`${folder}/`, root), { recursive: true });
  const paths = [
    ...readdirSync(root),
    ...['docs', 'examples'].flatMap((folder) => within(folder).map((path) => `${folder}/${String(path)}`)),
  ] as string[];
  return paths.filter((path) => path.endsWith('.md')).map(readGuide);
}

/** One of them, by its path from the root. */
export function readGuide(path: string): Guide {
  const address = new URL(path, root);
  return { path, address, text: readFileSync(address, 'utf8') };
}

/** What stands between fences in it, in order. */
export function codeBlocksOf({ path, text }: Guide): readonly CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    path,
    language,
    code,
  }));
}
