import { CloseIcon } from '@graphiql/react';
import { jobWords } from '../jobs/job-words.ts';
import type { WatchedJob } from '../jobs/watched-job.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { useExplorer } from '../parts/explorer-context.ts';
import { JobFigures } from './job-figures.tsx';
import { ToneSign } from './tone-sign.tsx';

/** A job: how far it is, and what it came to. */
export function JobCard({ job }: { readonly job: WatchedJob }) {
  const { removeJob } = useExplorer();
  const { id, state, interruption, problem } = job;
  const words = state && jobWords(state);
  const trouble = problem ?? (interruption && `${interruption} Trying again …`);
  return (
    <li className={`cx-card cx-${problem ? 'bad' : (words?.tone ?? 'pending')}`} aria-label={id}>
      <div className="cx-head">
        <h3>{state?.uploadedFileName ?? 'Job'}</h3>
        <button type="button" className="cx-icon" aria-label={`Forget ${id}`} onClick={() => removeJob(id)}>
          <CloseIcon aria-hidden="true" />
        </button>
      </div>
      <div className="cx-line">
        <code className="cx-quiet">{id}</code>
        <CopyButton text={id} label="the id" />
      </div>
      {words && (
        <p className="cx-outcome">
          <ToneSign tone={words.tone} /> {words.outcome}
        </p>
      )}
      {trouble ? (
        <p className="cx-problem">{trouble}</p>
      ) : (
        <progress
          aria-label={`Progress of ${id}`}
          max={100}
          {...(words?.percent !== undefined && { value: words.percent })}
        />
      )}
      {!trouble && <p className="cx-quiet">{words?.step ?? 'Waiting for its state …'}</p>}
      {state && <JobFigures state={state} />}
    </li>
  );
}
