/**
 * The names in a header such as `Accept` or `Accept-Encoding`, in lower case, each with its weight from 0 to
 * 1 (RFC 9110, 12.4.2). Parameters other than `q` are dropped; a weight that is no number counts as 1.
 */
export function readQualities(header: string | undefined): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const item of (header ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const quality = weight === undefined ? 1 : Number.parseFloat(weight);
    if (name) qualities.set(name, Number.isNaN(quality) ? 1 : quality);
  }
  return qualities;
}
