import { breakingChanges } from './breaking-changes.ts';
import { lastRelease } from './last-release.ts';

/** What may be released, and what to tell whoever releases it. */
export interface Judgement {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Holds a subgraph SDL against that of the last release tag in the directory. Semver decides: what breaks is fine only
 * under a version whose leftmost number that is not 0 has grown.
 */
export async function judgeRelease(directory: string, sdl: string, version: string): Promise<Judgement> {
  const release = await lastRelease(directory);
  if (!release) return { ok: true, text: 'There is no release tag here yet: nothing to compare with.' };
  const breaks = await breakingChanges(release.sdl, sdl);
  if (breaks.length === 0) return { ok: true, text: `Nothing breaks clients of ${release.tag}.` };
  const list = breaks.map((each) => `  - ${each}`).join('\n');
  if (compatibleRange(version) !== compatibleRange(release.tag.slice(1))) {
    return { ok: true, text: `${version} may break what ${release.tag} promised, and does:\n${list}` };
  }
  return { ok: false, text: `${version} must not break clients of ${release.tag}, but does:\n${list}` };
}

function compatibleRange(version: string): string {
  return /^(0\.)*\d+/.exec(version)?.[0] ?? version;
}
