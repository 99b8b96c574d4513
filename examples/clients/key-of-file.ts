/**
 * An idempotencyKey that belongs to a file and where it goes: the same also after the page was loaded again, so that a
 * second try finds the jobs of the first. It knows the file by its name, size and time: reading gigabytes for a hash
 * would take longer than it is worth. Where the same file is to be uploaded twice on purpose, add something to `place`.
 */
export async function keyOfFile({ name, size, lastModified }: File, place: string): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([name, size, lastModified, place]));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
