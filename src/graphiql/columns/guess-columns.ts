import type { UploadMutation } from '../operation/upload-fields.ts';
import { columnFields } from './column-fields.ts';
import { findColumn } from './find-column.ts';

/** Values for parts of `input`, by the part's dotted path. `undefined`: the part is to be left out. */
export type InputParts = Readonly<Record<string, string | number | undefined>>;

/**
 * The columns and identifier kinds that the header's names suggest. A part that no name fits is left out of
 * the answer when it is required, so that what a person wrote stays; it is `undefined` when it is not.
 */
export function guessColumns(header: readonly string[], mutation: UploadMutation): InputParts {
  const parts: Record<string, string | number | undefined> = {};
  for (const { part, isRequired, name, kinds = [], kindPart, noColumnKind } of columnFields[mutation]) {
    const kind = kinds.find((one) => findColumn(header, one) !== undefined);
    const lookFor = name ?? kind;
    const column = lookFor && findColumn(header, lookFor);
    // Not for a header that says nothing: coupons that should have gone to customers would go to nobody.
    const hasCodesAlone = header.length === 1 && findColumn(header, 'COUPON_CODE') !== undefined;
    const known = kind ?? (hasCodesAlone ? noColumnKind : undefined);
    if (column !== undefined || !isRequired || (known && known === noColumnKind)) parts[part] = column;
    if (kindPart && known) parts[kindPart] = known;
  }
  return parts;
}
