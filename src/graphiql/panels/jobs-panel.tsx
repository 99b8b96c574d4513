import { useExplorer, useShared } from '../parts/explorer-context.ts';
import { JobCard } from './job-card.tsx';
import { WatchForm } from './watch-form.tsx';

/** The jobs that uploads of this page made, and others by their id, as they are now. */
export function JobsPanel() {
  const { watchAgain } = useExplorer();
  const jobs = useShared('jobs');
  return (
    <section className="cx-panel" aria-labelledby="cx-jobs-title">
      <h2 id="cx-jobs-title" tabIndex={-1}>
        Jobs
      </h2>
      <WatchForm />
      {jobs.length === 0 && (
        <p className="cx-hint">
          No job yet. Each upload of this page puts its jobs here, and they stay after a reload. The example
          “My jobs” lists those of a coupon series.
        </p>
      )}
      {jobs.some(({ problem, interruption }) => problem || interruption) && (
        <button type="button" className="cx-button" onClick={watchAgain}>
          Try again
        </button>
      )}
      <ul className="cx-cards" aria-label="Jobs">
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}
