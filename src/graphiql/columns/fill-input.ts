import type { JsonObject } from '../operation/json-object.ts';
import { setAt } from '../operation/set-at.ts';
import type { UploadField } from '../operation/upload-fields.ts';
import type { InputParts } from './guess-columns.ts';

/** The variables with parts of an upload's `input` set. Parts that are written in the document stay as they are. */
export function fillInput(variables: JsonObject, field: UploadField, parts: InputParts): JsonObject {
  return Object.entries(parts).reduce((filled, [part, value]) => {
    const path = field.inputPath(part);
    return path === undefined ? filled : setAt(filled, path, value);
  }, variables);
}
