import { formatBytes } from '../files/format-bytes.ts';
import type { RunningUpload } from '../state/running-upload.ts';

/** An upload under way: how far, how fast, and a way to stop it. */
export function UploadStatus({ upload }: { readonly upload: RunningUpload }) {
  const { names, progress, cancel } = upload;
  const { sentBytes = 0, totalBytes = 0, bytesPerSecond = 0, secondsLeft } = progress ?? {};
  const isSent = progress !== undefined && sentBytes === totalBytes;
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  const words = isSent
    ? `${formatBytes(totalBytes)} sent. Waiting for the answer …`
    : `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}, ${formatBytes(bytesPerSecond)}/s${left}`;
  return (
    <section className="cx-card" aria-label={`Uploading ${names.join(', ')}`}>
      <div className="cx-head">
        <h3>Uploading {names.join(', ')}</h3>
        <button type="button" className="cx-button cx-danger" onClick={cancel}>
          Cancel the upload
        </button>
      </div>
      <progress
        aria-label={`Upload of ${names.join(', ')}`}
        max={totalBytes || 1}
        {...(!isSent && { value: sentBytes })}
      />
      <p className="cx-quiet cx-figures">{progress ? words : 'Starting …'}</p>
    </section>
  );
}
