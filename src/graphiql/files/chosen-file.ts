import type { CsvPreview } from './csv-preview.ts';

/** A file that a person chose. */
export interface ChosenFile {
  /** Valid for as long as this page lives. */
  readonly id: string;
  readonly file: File;
  /** The editor's tab for which it was chosen: no other sends it. */
  readonly tab: string;
  /** The place in the variables to which it is bound; `null`: it is not sent. */
  readonly path: string | null;
  /** `undefined` until the start of the file was read. */
  readonly preview?: CsvPreview | undefined;
  /** The file was changed, moved or deleted on disk since. */
  readonly isStale?: boolean | undefined;
}
