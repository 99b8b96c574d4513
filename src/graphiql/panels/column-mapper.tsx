import { useEffect } from 'react';
import { columnFields } from '../columns/column-fields.ts';
import { fillInput } from '../columns/fill-input.ts';
import { guessColumns, type InputParts } from '../columns/guess-columns.ts';
import type { UploadField } from '../operation/upload-fields.ts';
import { useExplorer } from '../parts/explorer-context.ts';
import { useVariables } from '../parts/use-variables.ts';
import { MapperRow } from './mapper-row.tsx';

/** Which file, and which upload it is for. */
export interface ColumnMapperProps {
  /** Id of the file: the columns of each are guessed once. */
  readonly id: string;
  readonly header: readonly string[];
  readonly field: UploadField;
}

/**
 * Shows which column is what: guessed once from the header, then as the person picks. All of it goes into the
 * variables.
 */
export function ColumnMapper({ id, header, field }: ColumnMapperProps) {
  const { isFirstGuess } = useExplorer();
  const { value, write } = useVariables();
  const fill = (parts: InputParts) => value && write(fillInput(value, field, parts));
  const guess = () => fill(guessColumns(header, field.mutation));
  useEffect(() => {
    if (value && isFirstGuess(`${id} ${field.mutation}`)) guess();
  });
  return (
    <fieldset className="cx-mapper">
      <legend>Columns</legend>
      {value ? (
        columnFields[field.mutation].map((one) => (
          <MapperRow
            key={one.part}
            field={one}
            input={field}
            header={header}
            variables={value}
            onPick={fill}
          />
        ))
      ) : (
        <p className="cx-problem">The variables are not valid JSON. Fix them first.</p>
      )}
      <button type="button" className="cx-button cx-small" onClick={guess}>
        Guess from the header
      </button>
    </fieldset>
  );
}
