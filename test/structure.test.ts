import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));

/** Every file of the code with the modules that it imports: files as paths below `src`, packages by their names. */
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)[ (]+'([^']+)'/g)].map(([, name = '']) =>
      name.startsWith('.') ? join(dirname(path), name) : name,
    );
    return { path, text, imports };
  });

/** What is left when all is taken away that imports nothing of the rest: circles, and what leads to them. */
function circles(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const left = new Map(imports);
  const isFree = ([name, others]: readonly [string, ReadonlySet<string>]) =>
    ![...others].some((other) => other !== name && left.has(other));
  for (let free = [...left].find(isFree); free; free = [...left].find(isFree)) left.delete(free[0]);
  return [...left.keys()];
}

test('Folders import each other in one direction', () => {
  const folders = new Map<string, Set<string>>();
  // Files outside of folders are either the composition of all or words that all may use.
  for (const { path, imports } of files.filter(({ path }) => path.includes('/'))) {
    const others = folders.get(dirname(path)) ?? new Set();
    for (const name of imports) others.add(dirname(name));
    folders.set(dirname(path), others);
  }
  expect(folders.size).toBeGreaterThan(20);
  expect(circles(folders)).toEqual([]);
});

test('Yoga is known to HTTP alone, and Pothos to the schema alone', () => {
  const users = (name: RegExp) => [
    ...new Set(
      files
        .filter(({ imports }) => imports.some((each) => name.test(each)))
        .map(({ path }) => path.split('/')[0]),
    ),
  ];
  expect(users(/^graphql-yoga$/)).toEqual(['http']);
  expect(users(/^@pothos\//)).toEqual(['schema']);
});

test('Only the two programs touch the process', () => {
  const users = files.filter(({ text }) => /\bprocess\.[a-z]|node:process/.test(text));
  expect(users.map(({ path }) => path).toSorted()).toEqual(['main.ts', 'sandbox/main.ts']);
});
