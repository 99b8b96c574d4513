import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';

/**
 * One hash over the names and contents of files, folders with all that is in them: times say nothing after a checkout,
 * and a file that is gone has none.
 * @param {readonly URL[]} paths
 */
export function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) addTo(hash, path);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {URL} path
 */
function addTo(hash, path) {
  const name = path.pathname.split('/').filter(Boolean).at(-1);
  if (statSync(path).isDirectory()) {
    const folder = new URL(`${path.href.replace(/\/$/, '')}/`);
    const names = readdirSync(folder).toSorted();
    hash.update(`${name} ${names.length}\n`);
    for (const each of names) addTo(hash, new URL(encodeURIComponent(each), folder));
    return;
  }
  const content = readFileSync(path);
  hash.update(`${name} ${content.length}\n`).update(content);
}
