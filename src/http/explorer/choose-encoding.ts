import { weightsByName } from '../request/weighted-list.ts';

/**
 * The forms in which `.build/pack-page.js` stores a file: its own bytes, and the compressed copies that came
 * out smaller.
 */
export type Encoding = 'identity' | 'br' | 'gzip';

/**
 * The one of `available` (best first) that `Accept-Encoding` gives the most weight. `identity` when it allows
 * none: an answer that cannot be read still says more than none.
 */
export function chooseEncoding(header: string | undefined, available: readonly Encoding[]): Encoding {
  const weights = weightsByName(header);
  let best: Encoding = 'identity';
  let bestWeight = 0;
  for (const encoding of available) {
    const weight = weights.get(encoding) ?? (encoding === 'identity' ? 0 : (weights.get('*') ?? 0));
    if (weight <= bestWeight) continue;
    best = encoding;
    bestWeight = weight;
  }
  return best;
}
