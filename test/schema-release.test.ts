import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { breakingChanges } from '../schema/breaking-changes.ts';
import { judgeRelease } from '../schema/judge-release.ts';

const sdl = readFileSync(new URL('../schema/subgraph.graphql', import.meta.url), 'utf8');
const orgId = '  """The Capillary organisation that owns the series."""\n  orgId: ID!\n\n';
const withoutOrgId = replaced(orgId, '');

function replaced(part: string, other: string): string {
  expect(sdl).toContain(part);
  return sdl.replace(part, other);
}

const breaking = [
  { change: 'a field removed', after: withoutOrgId, message: /'orgId' was removed/ },
  {
    change: 'a field that may be null now',
    after: replaced('orgId: ID!', 'orgId: ID'),
    message: /'UploadJob.orgId'/,
  },
  {
    change: 'an input that is needed now',
    after: replaced('details: Int', 'details: Int!'),
    message: /details/,
  },
  {
    change: 'a new argument that is needed',
    after: replaced('uploadJobs(', 'uploadJobs(by: ID!'),
    message: /by: ID!/,
  },
  {
    change: 'a member of the result union removed',
    after: replaced('| UploadChecked ', ''),
    message: /'UploadChecked' was removed from Union type 'UploadResult'/,
  },
  {
    change: 'an enum value removed',
    after: replaced('  NOT_TAGGED\n', '  SOMETHING\n'),
    message: /'NOT_TAGGED' was removed/,
  },
  {
    change: 'an entity that is none any longer',
    after: replaced('type UploadJob\n  @key(fields: "id")', 'type UploadJob'),
    message: /'key' was removed from object 'UploadJob'/,
  },
  {
    change: 'a type that others may no longer share',
    after: replaced('type PageInfo\n  @shareable', 'type PageInfo'),
    message: /'shareable' was removed from object 'PageInfo'/,
  },
];

test.each(breaking)('$change breaks', async ({ after, message }) => {
  expect(await breakingChanges(sdl, after)).toEqual([expect.stringMatching(message)]);
});

test.each([
  { change: 'a new field', after: replaced(orgId, `${orgId}  """New."""\n  extra: ID!\n`) },
  { change: 'a new optional argument', after: replaced('uploadJobs(', 'uploadJobs(by: ID') },
  { change: 'a deprecation', after: replaced('orgId: ID!', 'orgId: ID! @deprecated(reason: "Old.")') },
  { change: 'other words', after: replaced('The Capillary organisation that', 'Who') },
])('$change breaks nothing', async ({ after }) => {
  expect(after).not.toBe(sdl);
  expect(await breakingChanges(sdl, after)).toEqual([]);
});

/** A repository with this SDL under each of the tags, newest last. */
function repository(tags: readonly string[]): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'release-'));
  const identity = ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', '-c', 'tag.gpgSign=false'];
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: path, stdio: 'pipe' });
  git('init', '--quiet');
  mkdirSync(join(path, 'schema'));
  writeFileSync(join(path, 'schema/subgraph.graphql'), sdl);
  git('add', '.');
  git('-c', 'commit.gpgSign=false', 'commit', '--quiet', '-m', 'A schema');
  for (const tag of tags) git('tag', '--no-sign', tag);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('what breaks the last release is refused under a version that promises not to', async () => {
  using repo = repository(['v1.2.9', 'v1.2.10', 'nightly']);
  for (const version of ['1.2.11', '1.3.0']) {
    const { ok, text } = await judgeRelease(repo.path, withoutOrgId, version);
    expect({ ok, text }).toEqual({
      ok: false,
      text: expect.stringMatching(
        /must not break clients of v1\.2\.10, but does:\n {2}- .*'orgId' was removed/,
      ),
    });
  }
});

test('before 1.0.0 a patch may not break either', async () => {
  using repo = repository(['v0.1.0']);
  expect(await judgeRelease(repo.path, withoutOrgId, '0.1.1')).toMatchObject({ ok: false });
});

test.each([
  { tag: 'v1.2.10', version: '2.0.0' },
  { tag: 'v0.1.0', version: '0.2.0' },
  { tag: 'v0.9.0', version: '1.0.0' },
])('$version may break $tag, and it is told what breaks', async ({ tag, version }) => {
  using repo = repository([tag]);
  const { ok, text } = await judgeRelease(repo.path, withoutOrgId, version);
  expect({ ok, text }).toEqual({ ok: true, text: expect.stringContaining("'orgId' was removed") });
});

test('what breaks nothing passes', async () => {
  using repo = repository(['v1.2.10']);
  expect(await judgeRelease(repo.path, sdl, '1.2.11')).toEqual({
    ok: true,
    text: 'Nothing breaks clients of v1.2.10.',
  });
});

test.each([
  { where: 'a repository without a release tag', withGit: true },
  { where: 'a copy without its repository', withGit: false },
])('in $where it says that there is nothing to compare with', async ({ withGit }) => {
  using repo = repository(['nightly']);
  if (!withGit) rmSync(join(repo.path, '.git'), { recursive: true });
  expect(await judgeRelease(repo.path, withoutOrgId, '0.1.0')).toEqual({
    ok: true,
    text: 'There is no release tag here yet: nothing to compare with.',
  });
});
