import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The first Chromium on the PATH. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

/** Whether browser tests can run: without a browser they are skipped, except in CI, where they fail. */
export function hasChromium(): boolean {
  const found = findChromium() !== undefined;
  if (!found && !process.env['CI'])
    process.stdout.write('Chromium is not installed: its tests are skipped\n');
  return found || Boolean(process.env['CI']);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
