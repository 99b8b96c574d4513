import { CloseIcon } from '@graphiql/react';
import type { ChosenFile } from '../files/chosen-file.ts';
import { formatBytes } from '../files/format-bytes.ts';
import type { UploadField } from '../operation/upload-fields.ts';
import type { UploadSlot } from '../operation/upload-slots.ts';
import { useExplorer } from '../parts/explorer-context.ts';
import { ColumnMapper } from './column-mapper.tsx';
import { PreviewTable } from './preview-table.tsx';

/** A file, and where the operation in front could take it. */
export interface FileCardProps {
  readonly chosen: ChosenFile;
  readonly slots: readonly UploadSlot[];
  readonly fields: readonly UploadField[];
}

/** A chosen file: what is in it, and which variable it goes to. */
export function FileCard({ chosen, slots, fields }: FileCardProps) {
  const { bind, removeFile } = useExplorer();
  const { id, file, path, preview, isStale } = chosen;
  const field = fields.find(({ filePath }) => filePath !== undefined && filePath === path);
  return (
    <li className="cx-card" aria-label={file.name}>
      <div className="cx-head">
        <h3>{file.name}</h3>
        <span className="cx-quiet">{formatBytes(file.size)}</span>
        <button
          type="button"
          className="cx-icon"
          aria-label={`Remove ${file.name}`}
          onClick={() => removeFile(id)}
        >
          <CloseIcon aria-hidden="true" />
        </button>
      </div>
      {isStale && (
        <p className="cx-problem">
          This is a folder, or was changed, moved or deleted after you chose it. Remove it and choose it
          again.
        </p>
      )}
      <label className="cx-field">
        Sent as
        <select value={path ?? ''} onChange={({ target }) => bind(id, target.value || null, slots)}>
          <option value="">not sent</option>
          {slots.map((slot) => (
            <option key={slot.path} value={slot.path}>
              ${slot.path}
            </option>
          ))}
          {path !== null && !slots.some((slot) => slot.path === path) && (
            <option value={path}>${path} (not in this operation)</option>
          )}
        </select>
      </label>
      {preview && <PreviewTable preview={preview} name={file.name} />}
      {preview && field && preview.header.length > 0 && (
        <ColumnMapper key={`${id} ${field.mutation}`} id={id} header={preview.header} field={field} />
      )}
    </li>
  );
}
