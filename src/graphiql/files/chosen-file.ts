import type { CsvPreview } from './csv-preview.ts';

/** A file that a person chose. */
export interface ChosenFile {
  /** Of this page's life only. */
  readonly id: string;
  readonly file: File;
  /** The editor's tab that it was chosen for: no other sends it. */
  readonly tab: string;
  /** The place in the variables that it is bound to; `null`: it stays here. */
  readonly path: string | null;
  /** `undefined` until its start was read. */
  readonly preview?: CsvPreview | undefined;
  /** Changed, moved or deleted on the disk since. */
  readonly isStale?: boolean | undefined;
}
