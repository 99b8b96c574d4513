/** `npm run image:rehearse`: every step of the Dockerfile in a plain folder, where no container engine runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStages } from './build-stages.ts';
import { rehearseImage } from './rehearse-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-'));
const print = (line: string) => process.stdout.write(`${line}\n`);
try {
  const context = fileURLToPath(new URL('../..', import.meta.url));
  const image = await buildStages(context, folder, { print });
  const seen = await rehearseImage(image, async (url) => (await fetch(new URL('/readyz', url))).status);
  print(JSON.stringify({ ...seen, writable: seen.writable.length }, undefined, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
