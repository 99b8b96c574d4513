import { readQualities } from './read-qualities.ts';

/** As `.build/pack-page.js` lays them beside a file: its own bytes, and the copies that came out smaller. */
export type Encoding = 'identity' | 'br' | 'gzip';

/**
 * The one of `available` (best first) that `Accept-Encoding` gives the most weight. `identity` when none is
 * wanted: an answer that cannot be read says more than none.
 */
export function chooseEncoding(header: string | undefined, available: readonly Encoding[]): Encoding {
  const qualities = readQualities(header);
  let best: Encoding = 'identity';
  let bestQuality = 0;
  for (const encoding of available) {
    const quality = qualities.get(encoding) ?? (encoding === 'identity' ? 0 : (qualities.get('*') ?? 0));
    if (quality <= bestQuality) continue;
    best = encoding;
    bestQuality = quality;
  }
  return best;
}
