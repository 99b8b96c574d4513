import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A release, as its tag keeps it. */
export interface Release {
  /** As `v1.2.3`. */
  readonly tag: string;
  /** Its `schema/subgraph.graphql`. */
  readonly sdl: string;
}

/**
 * The newest release that is an ancestor of what is checked out there; `undefined` where there is none: before the
 * first, in a clone without tags, in a copy without a repository. Rejects when git fails.
 */
export async function lastRelease(directory: string): Promise<Release | undefined> {
  if (!existsSync(join(directory, '.git'))) return undefined;
  // Git would refuse to read a repository of another user, as a container's often is.
  const git = async (...args: string[]) =>
    (await run('git', ['-c', 'safe.directory=*', ...args], { cwd: directory })).stdout;
  const tags = await git('tag', '--merged', 'HEAD', '--sort', '-version:refname', '--list', 'v[0-9]*');
  const [tag] = tags.split('\n');
  return tag ? { tag, sdl: await git('show', `${tag}:schema/subgraph.graphql`) } : undefined;
}

const run = promisify(execFile);
