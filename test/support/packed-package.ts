import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const left = new Set(['node_modules', '.git', 'coverage']);

export interface PackedPackage extends AsyncDisposable {
  /** A folder of its own, gone with this object. */
  readonly folder: string;
  readonly tarball: string;
  /** The paths in it, without the `package/` before each. */
  readonly files: readonly string[];
  /** Installs it as a user would, into a new folder; resolves to that folder. */
  install(): Promise<string>;
}

/**
 * Packs the repository as `npm pack` does, prepack and all: in a copy, for the build would take `dist/` away from the
 * tests that run beside this one.
 */
export async function packPackage(): Promise<PackedPackage> {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const source = join(folder, 'source');
  cpSync(repository, source, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(repository, 'node_modules'), join(source, 'node_modules'));
  const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: source,
  });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ];
  const tarball = join(folder, packed[0].filename);
  return {
    folder,
    tarball,
    files: packed[0].files.map(({ path }) => path),
    async install() {
      const project = mkdtempSync(join(folder, 'project-'));
      writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
      await run('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
        cwd: project,
      });
      return project;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
