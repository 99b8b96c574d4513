import type { ColumnField } from '../columns/column-fields.ts';
import type { InputParts } from '../columns/guess-columns.ts';
import type { JsonObject } from '../operation/json-object.ts';
import type { UploadField } from '../operation/upload-fields.ts';
import { valueAt } from '../operation/value-at.ts';

/** A field, and what it is read from and written to. */
export interface MapperRowProps {
  readonly field: ColumnField;
  readonly input: UploadField;
  readonly header: readonly string[];
  readonly variables: JsonObject;
  readonly onPick: (parts: InputParts) => void;
}

/** One field of the upload: which column, and of which kind. What is written in the document cannot be picked. */
export function MapperRow({ field, input, header, variables, onPick }: MapperRowProps) {
  const { part, label, isRequired, kinds, kindPart, noColumnKind } = field;
  const path = input.inputPath(part);
  const kindPath = kindPart && input.inputPath(kindPart);
  const column = path === undefined ? undefined : valueAt(variables, path);
  const kind = kindPath && valueAt(variables, kindPath);
  const hasColumn = !noColumnKind || kind !== noColumnKind;
  const isMissing = isRequired && hasColumn && path !== undefined && typeof column !== 'number';
  return (
    <div className="cx-row">
      <label className="cx-field">
        <span>
          {label}
          {isRequired ? '' : <span className="cx-quiet"> (optional)</span>}
        </span>
        <select
          value={typeof column === 'number' ? column : ''}
          disabled={path === undefined || !hasColumn}
          aria-invalid={isMissing}
          onChange={({ target }) =>
            onPick({ [part]: target.value === '' ? undefined : Number(target.value) })
          }
        >
          <option value="">
            {path === undefined ? 'set in the operation' : isMissing ? 'choose …' : 'none'}
          </option>
          {header.map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its position
            <option key={index} value={index}>
              {index}: {cell}
            </option>
          ))}
        </select>
      </label>
      {kindPart && kinds && (
        <select
          aria-label={`${label}: kind`}
          value={typeof kind === 'string' ? kind : ''}
          disabled={kindPath === undefined}
          onChange={({ target }) => {
            const isNone = target.value === noColumnKind;
            onPick({ [kindPart]: target.value, ...(isNone && { [part]: undefined }) });
          }}
        >
          {typeof kind !== 'string' && <option value="">kind …</option>}
          {[...kinds, ...(noColumnKind ? [noColumnKind] : [])].map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
