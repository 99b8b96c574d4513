import { readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hashFiles } from './hash-files.js';
import { packPage } from './pack-page.js';

// Builds the explorer page into dist/graphiql, unless what lies there was made of the very same sources. Runs after
// `npm ci` and before `npm start`: it must not fail where there is nothing to build with.

const root = new URL('../', import.meta.url);
const page = new URL('dist/graphiql/', root);
// Built beside its place: one that is broken off, or served meanwhile, is never half a page.
const fresh = new URL(`dist/graphiql-${process.pid}/`, root);

/** What the page is made of. The lock file stands for all packages. */
const sources = [
  'src/graphiql',
  'examples/files',
  '.build/build-page.js',
  '.build/pack-page.js',
  'package-lock.json',
];

async function buildPage() {
  const startedAt = performance.now();
  const builtFrom = hashFiles(sources.map((path) => new URL(path, root)));
  if (builtFrom === readBuiltFrom()) return;
  if (!hasTools()) {
    say(
      'not built: its development packages are not installed. `npm ci` brings them, `npm run build` builds',
    );
    return;
  }
  // A shell that has another value would get React's development build.
  process.env['NODE_ENV'] = 'production';
  const { build } = await import('vite');
  await build({
    root: fileURLToPath(new URL('src/graphiql/', root)),
    configFile: fileURLToPath(new URL('src/graphiql/vite.config.ts', root)),
    build: { outDir: fileURLToPath(fresh), emptyOutDir: true },
    logLevel: 'error',
  });
  const { bytes, transferBytes } = await packPage(fresh, builtFrom);
  rmSync(page, { recursive: true, force: true });
  renameSync(fresh, page);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`built in ${seconds} s: ${toMegabytes(bytes)} MB, compressed ${toMegabytes(transferBytes)} MB`);
}

/** @returns {string | undefined} */
function readBuiltFrom() {
  try {
    return JSON.parse(readFileSync(new URL('page.json', page), 'utf8')).builtFrom;
  } catch {
    return undefined;
  }
}

/** A Vite in some folder above would be found too, without what it has to bundle. */
function hasTools() {
  try {
    return ['vite', '@vitejs/plugin-react', 'graphiql', 'react'].every((name) => import.meta.resolve(name));
  } catch {
    return false;
  }
}

/** @param {number} bytes */
const toMegabytes = (bytes) => (bytes / 1e6).toFixed(2);

/** @param {string} text */
const say = (text) => process.stderr.write(`The explorer page is ${text}.\n`);

try {
  await buildPage();
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
