/**
 * Whether a path of the build context is left out, by the patterns of a .dockerignore: the last one that fits the path or a
 * folder above it decides. Knows `*` within a name, no `**` and no `?`, and throws on those.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function readIgnoreFile(text: string): (path: string) => boolean {
  const lines = text.split('\n').flatMap((line) => line.replace(/^#.*/, '').trim() || []);
  const rules = lines.map((line) => {
    const keeps = line.startsWith('!');
    const pattern = line.slice(keeps ? 1 : 0).replace(/^\/|\/$/g, '');
    if (/\*\*|[?[\]\\]/.test(pattern)) throw new Error(`Not understood in .dockerignore: ${line}`);
    const name = pattern.replace(/[.+^${}()|]/g, '\\$&').replaceAll('*', '[^/]*');
    return { keeps, fits: new RegExp(`^${name}(/|$)`) };
  });
  return (path) => rules.findLast(({ fits }) => fits.test(path))?.keeps === false;
}
