/**
 * `prepack` writes npm-shrinkwrap.json, `postpack` takes it away again (`--remove`): the package brings the versions that
 * were tested. A package's own `overrides` count for nothing where it is a dependency, and without them a few ranges
 * below us have long drifted to releases that Node 20 cannot run.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  readonly dev?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

// npm puts it before package-lock.json, so a forgotten one would install no development dependency.
if (process.argv[2] === '--remove') rmSync('npm-shrinkwrap.json');
else writeFileSync('npm-shrinkwrap.json', shrinkwrap(readFileSync('package-lock.json', 'utf8')));

function shrinkwrap(lock: string): string {
  const { packages, ...rest } = JSON.parse(lock) as { packages: Record<string, LockedPackage> };
  const needed = Object.entries(packages).flatMap(([path, { devDependencies, ...locked }]) =>
    locked.dev ? [] : [[path, locked] as const],
  );
  return `${JSON.stringify({ ...rest, packages: Object.fromEntries(needed) }, undefined, 2)}\n`;
}
