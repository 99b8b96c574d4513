import type { UploadSlot } from '../operation/upload-slots.ts';
import type { ChosenFile } from './chosen-file.ts';

/** A file and its full place in the variables: `file`, `files.0`. */
export interface PlacedFile {
  readonly path: string;
  readonly file: File;
  readonly id: string;
}

/** The files that go out with a tab's operation: those bound to a place that it has, in the order of its places. */
export function filesOfOperation(
  files: readonly ChosenFile[],
  tab: string,
  slots: readonly UploadSlot[],
): PlacedFile[] {
  return slots.flatMap(({ path, isList }) =>
    files
      .filter((one) => one.tab === tab && one.path === path)
      .slice(0, isList ? undefined : 1)
      .map(({ id, file }, index) => ({ id, file, path: isList ? `${path}.${index}` : path })),
  );
}
