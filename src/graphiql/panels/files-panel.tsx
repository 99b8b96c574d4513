import { useExplorer, useShared } from '../parts/explorer-context.ts';
import { useCurrentOperation } from '../parts/use-current-operation.ts';
import { DropZone } from './drop-zone.tsx';
import { FileCard } from './file-card.tsx';
import { OutcomeCard } from './outcome-card.tsx';
import { SampleMenu } from './sample-menu.tsx';
import { UploadStatus } from './upload-status.tsx';

/** Files for the operation in front: chosen, bound to a variable, sent, and what became of them. */
export function FilesPanel() {
  const { sandboxToken, addFiles } = useExplorer();
  const tab = useShared('tab');
  const files = useShared('files').filter((one) => one.tab === tab);
  const uploads = useShared('uploads');
  const outcomes = useShared('outcomes')[tab] ?? [];
  const { isReady, operation, slots, fields } = useCurrentOperation();
  const add = (chosen: readonly File[]) => void addFiles(chosen, slots);
  return (
    <section className="cx-panel" aria-labelledby="cx-files-title">
      <h2 id="cx-files-title" tabIndex={-1}>
        Files
      </h2>
      {uploads.map((upload) => (
        <UploadStatus key={upload.id} upload={upload} />
      ))}
      {outcomes.map((outcome, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two uploads of one operation may come to the same
        <OutcomeCard key={index} outcome={outcome} />
      ))}
      {operation && slots.length === 0 && (
        <p className="cx-hint">
          The operation in front takes no file. Open an example that uploads, or give yours a variable of type{' '}
          <code>Upload</code>.
        </p>
      )}
      {isReady && <DropZone onFiles={add} />}
      {sandboxToken !== null && <SampleMenu mutation={fields[0]?.mutation} onFile={(file) => add([file])} />}
      {files.length === 0 && uploads.length === 0 && (
        <p className="cx-hint">
          No file yet. Files are bound to the variables of this tab, and sent when you press play.
        </p>
      )}
      <ul className="cx-cards" aria-label="Chosen files">
        {files.map((one) => (
          <FileCard key={one.id} chosen={one} slots={slots} fields={fields} />
        ))}
      </ul>
    </section>
  );
}
