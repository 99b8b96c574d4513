import { useState } from 'react';
import { useExplorer } from '../parts/explorer-context.ts';
import { isJobId } from '../request/is-job-id.ts';

/** Puts any job on the list, by its id. */
export function WatchForm() {
  const { addJobs } = useExplorer();
  const [id, setId] = useState('');
  const [problem, setProblem] = useState('');
  return (
    <form
      className="cx-watch"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const isValid = isJobId(id.trim());
        setProblem(isValid ? '' : 'A job’s id looks like COUPON_BATCH:541854:222696.');
        if (!isValid) return;
        addJobs([id.trim()]);
        setId('');
      }}
    >
      <label htmlFor="cx-watch-id">Watch this id</label>
      <div className="cx-line">
        <input
          id="cx-watch-id"
          value={id}
          placeholder="COUPON_BATCH:541854:222696"
          spellCheck={false}
          aria-invalid={problem !== ''}
          aria-describedby="cx-watch-problem"
          onChange={(event) => setId(event.target.value)}
        />
        <button type="submit" className="cx-button">
          Watch
        </button>
      </div>
      <p id="cx-watch-problem" className="cx-problem" role="alert" hidden={problem === ''}>
        {problem}
      </p>
    </form>
  );
}
