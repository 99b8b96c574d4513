/** Installs the routers where they are missing, or older than their lock file: `npm run routers`. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const changed = (path: string) =>
  statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// npm writes the second one last, so it is missing after an installation that broke off.
if (changed('package-lock.json') > changed('node_modules/.package-lock.json')) {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd, stdio: 'inherit' });
}
