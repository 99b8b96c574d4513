import { useEffect, useState } from 'react';
import { formatBytes } from '../files/format-bytes.ts';
import type { RunningUpload } from '../state/running-upload.ts';

/** Bytes that do not move for this long are told: the speed before says nothing any more. */
const maxStandstillMs = 10_000;

/** An upload under way: how far, how fast, and a way to stop it. */
export function UploadStatus({ upload }: { readonly upload: RunningUpload }) {
  const { names, progress, cancel } = upload;
  const { sentBytes = 0, totalBytes = 0, bytesPerSecond = 0, secondsLeft } = progress ?? {};
  const isSent = progress !== undefined && sentBytes === totalBytes;
  const [stoodStillAt, setStoodStillAt] = useState<number>();
  useEffect(() => {
    const timer = setTimeout(() => setStoodStillAt(sentBytes), maxStandstillMs);
    return () => clearTimeout(timer);
  }, [sentBytes]);
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  const speed =
    stoodStillAt === sentBytes
      ? '. Nothing moves: the gateway takes no more, or the network is gone.'
      : `, ${formatBytes(bytesPerSecond)}/s${left}`;
  const words = isSent
    ? `${formatBytes(totalBytes)} sent. Waiting for the answer …`
    : `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}${speed}`;
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
