import type { PlacedFile } from '../files/files-of-operation.ts';
import type { GraphQLParams } from '../request/multipart-parts.ts';

/** What keeps a file from being uploaded twice by accident: each upload is a new job at Capillary. */
export interface RepeatGuard {
  /**
   * True when these files were uploaded with these variables before, and no key makes the repeat safe. The answer
   * to a second question in a row is false: the person was told, and wants it.
   */
  readonly mustAsk: (params: GraphQLParams, placed: readonly PlacedFile[]) => boolean;
  /** Called after an upload that may have created a job. */
  readonly remember: (params: GraphQLParams, placed: readonly PlacedFile[]) => void;
}

/** Remembers the uploads of this page, for as long as it is open. */
export function createRepeatGuard(): RepeatGuard {
  const uploaded = new Set<string>();
  let asked: string | undefined;
  return {
    mustAsk(params, placed) {
      const upload = nameOf(params, placed);
      const isConfirmed = asked === upload;
      asked = !isConfirmed && uploaded.has(upload) && !hasKey(params) ? upload : undefined;
      return asked !== undefined;
    },
    remember(params, placed) {
      uploaded.add(nameOf(params, placed));
    },
  };
}

/** Without the document: other fields of the answer do not make it another upload. */
function nameOf({ variables }: GraphQLParams, placed: readonly PlacedFile[]): string {
  // The same file may have been chosen anew, as another object.
  const files = placed.map(({ path, file: { name, size, lastModified } }) => [
    path,
    name,
    size,
    lastModified,
  ]);
  return JSON.stringify([variables, files]);
}

/** Whether a key is given, in the variables or in the document, where the answer may have a field of that name too. */
function hasKey({ query, variables }: GraphQLParams): boolean {
  return /\bidempotencyKey"?\s*:(?!\s*null\b)/.test(query + JSON.stringify(variables));
}
