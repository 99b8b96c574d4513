import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

// The real scripts in a project of their own, where a stand-in for Vite writes the page and takes no time.

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'page-build-'));
  await cp('.build', join(root, '.build'), { recursive: true });
  await write('package.json', '{ "type": "module" }');
  await write('package-lock.json', '{}');
  await write('src/graphiql/main.tsx', 'one');
  await write('examples/files/coupons.csv', 'code\n1\n');
  for (const name of ['@vitejs/plugin-react', 'graphiql', 'react']) await install(name, '');
  await install('vite', viteThatWrites('<p>page</p>'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** A package whose one module is this; `undefined`: there is none to be had, in the folders above neither. */
async function install(name: string, code: string | undefined): Promise<void> {
  const exports = code === undefined ? {} : './index.js';
  await write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports }));
  await write(`node_modules/${name}/index.js`, code ?? '');
}

const viteThatWrites = (html: string) => `
  import { mkdirSync, writeFileSync } from 'node:fs';
  export async function build({ build: { outDir } }) {
    mkdirSync(outDir + 'assets', { recursive: true });
    writeFileSync(outDir + 'index.html', ${JSON.stringify(html)});
    writeFileSync(outDir + 'assets/a.js', process.env.NODE_ENV + ' '.repeat(1000));
  }`;

const viteThatBreaksOff = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  export async function build({ build: { outDir } }) {
    mkdirSync(outDir, { recursive: true });
    writeFileSync(outDir + 'index.html', '<p>half');
    throw new Error('main.tsx does not parse');
  }`;

async function buildPage(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['.build/build-page.js'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: code as number, lines: said.split('\n').filter(Boolean) };
}

const built = { code: 0, lines: [expect.stringMatching(/^The explorer page is built in \d/)] };
const fresh = { code: 0, lines: [] };
const inDist = (path: string) => readFile(join(root, 'dist', path), 'utf8');

describe('The explorer page', () => {
  test.each(['vite', '@vitejs/plugin-react', 'graphiql', 'react'])(
    'is not built where %s is not installed: one line says so, and the installation goes on',
    async (name) => {
      await install(name, undefined);
      const { code, lines } = await buildPage();
      expect({ code, lines }).toEqual({
        code: 0,
        lines: [expect.stringMatching(/^The explorer page is not built: .*npm ci/)],
      });
      expect(await readdir(root)).not.toContain('dist');
    },
  );

  test('that fails to build fails the command, and the page of before stays whole', async () => {
    expect(await buildPage()).toEqual(built);
    await install('vite', viteThatBreaksOff);
    await write('src/graphiql/main.tsx', 'two');
    const { code, lines } = await buildPage();
    expect(code).toBe(1);
    expect(lines.join('\n')).toContain('main.tsx does not parse');
    expect(await inDist('graphiql/index.html')).toBe('<p>page</p>');
    expect(await readdir(join(root, 'dist'))).toEqual(['graphiql']);
    // And it is still known to be stale.
    expect((await buildPage()).code).toBe(1);
  });

  test('is built once', async () => {
    expect(await buildPage()).toEqual(built);
    expect(await buildPage()).toEqual(fresh);
  });

  test.each([
    { change: 'a source that changed', make: () => write('src/graphiql/main.tsx', 'two') },
    { change: 'a new source', make: () => write('src/graphiql/panels/files.tsx', '') },
    { change: 'a source that is gone', make: () => rm(join(root, 'src/graphiql/main.tsx')) },
    {
      change: 'a source with another name',
      make: () => rename(join(root, 'src/graphiql/main.tsx'), join(root, 'src/graphiql/app.tsx')),
    },
    { change: 'another sample file', make: () => write('examples/files/coupons.csv', 'code\n2\n') },
    { change: 'another set of packages', make: () => write('package-lock.json', '{ "version": 2 }') },
  ])('is built again, and once, for $change', async ({ make }) => {
    await buildPage();
    await make();
    expect(await buildPage()).toEqual(built);
    expect(await buildPage()).toEqual(fresh);
  });

  test('is not built again when a source is touched only', async () => {
    await buildPage();
    await write('src/graphiql/main.tsx', 'one');
    expect(await buildPage()).toEqual(fresh);
  });

  test('is built for production whatever the shell says, with nothing left of the page of before', async () => {
    await buildPage();
    await write('dist/graphiql/assets/old.js', '');
    await write('src/graphiql/main.tsx', 'two');
    await buildPage({ NODE_ENV: 'development' });
    expect(await inDist('graphiql/assets/a.js')).toMatch(/^production /);
    const { files } = JSON.parse(await inDist('graphiql/page.json')) as { files: object };
    expect(Object.keys(files)).toEqual(['assets/a.js', 'index.html']);
    expect((await readdir(join(root, 'dist/graphiql/assets'))).toSorted()).toEqual([
      'a.js',
      'a.js.br',
      'a.js.gzip',
    ]);
  });

  test('outlives the cleaning before a build, which takes everything else', async () => {
    await buildPage();
    await write('dist/main.js', '');
    await write('dist/schema/old.js', '');
    const child = spawn(process.execPath, ['.build/clean-dist.js'], { cwd: root });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await readdir(join(root, 'dist'))).toEqual(['graphiql']);
    expect(await buildPage()).toEqual(fresh);
  });

  test('imports nothing that could change without its being built again', async () => {
    const folder = join(process.cwd(), 'src/graphiql');
    const names = await readdir(folder, { recursive: true });
    const outside: string[] = [];
    for (const name of names.filter((each) => /\.(tsx?|css)$/.test(each))) {
      const imports = (await readFile(join(folder, name), 'utf8')).matchAll(/(?:from|import) '(\.[^'?]+)/g);
      for (const [, path = ''] of imports) {
        const imported = relative(process.cwd(), join(folder, dirname(name), path));
        if (!imported.startsWith('src/graphiql/')) outside.push(imported);
      }
    }
    expect(outside.length).toBeGreaterThan(0);
    expect(outside.filter((path) => !path.startsWith('examples/files/'))).toEqual([]);
  });
});
