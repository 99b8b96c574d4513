import type { JsonObject } from './json-object.ts';
import type { UploadSlot } from './upload-slots.ts';
import { valueAt } from './value-at.ts';

/** The first place that needs a file, has none bound, and holds nothing in the variables either. */
export function missingFile(
  slots: readonly UploadSlot[],
  boundPaths: readonly string[],
  variables: JsonObject,
): UploadSlot | undefined {
  return slots.find(
    ({ path, isRequired }) =>
      isRequired && !boundPaths.includes(path) && (valueAt(variables, path) ?? null) === null,
  );
}
