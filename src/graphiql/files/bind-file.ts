import type { UploadSlot } from '../operation/upload-slots.ts';
import type { ChosenFile } from './chosen-file.ts';

/** The files with one of them bound to `path`. A place for one file lets go of the file that it had. */
export function bindFile(
  files: readonly ChosenFile[],
  id: string,
  path: string | null,
  slots: readonly UploadSlot[],
): ChosenFile[] {
  const isList = slots.some((slot) => slot.path === path && slot.isList);
  const tab = files.find((one) => one.id === id)?.tab;
  return files.map((one) => {
    if (one.id === id) return { ...one, path };
    const isReplaced = path !== null && !isList && one.path === path && one.tab === tab;
    return isReplaced ? { ...one, path: null } : one;
  });
}

/** The place for one more file: the first empty one, else the first list; `null` when all are taken. */
export function freePath(files: readonly ChosenFile[], slots: readonly UploadSlot[]): string | null {
  const taken = new Set(files.map(({ path }) => path));
  const free = slots.find(({ path }) => !taken.has(path)) ?? slots.find(({ isList }) => isList);
  return free?.path ?? null;
}
