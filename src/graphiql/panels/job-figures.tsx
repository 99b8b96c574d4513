import type { JobState } from '../jobs/job-state.ts';
import { CopyButton } from '../parts/copy-button.tsx';

/** A job's counts, and the handle of its error file. */
export function JobFigures({ state }: { readonly state: JobState }) {
  const { isTerminal, totalUploadedCount, acceptedCount, errorCount, errorFileUrl } = state;
  // Upstream counts late: before the job is over, nobody knows what it will reject.
  const known = (count: number) => (isTerminal ? count.toLocaleString('en') : '–');
  return (
    <>
      <dl className="cx-counts">
        <div>
          <dt>Rows</dt>
          <dd>{totalUploadedCount ? totalUploadedCount.toLocaleString('en') : known(0)}</dd>
        </div>
        <div>
          <dt>Accepted</dt>
          <dd>{known(acceptedCount)}</dd>
        </div>
        <div>
          <dt>Rejected</dt>
          <dd>{known(errorCount)}</dd>
        </div>
      </dl>
      {errorFileUrl && (
        <div className="cx-line cx-handle">
          <span>
            <span className="cx-quiet">Error file (its name at Capillary)</span>
            <code>{errorFileUrl}</code>
          </span>
          <CopyButton text={errorFileUrl} label="the error file’s handle" />
        </div>
      )}
    </>
  );
}
