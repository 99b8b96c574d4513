import { jobWords } from '../jobs/job-words.ts';
import { type WatchJobsOptions, watchJobs } from '../jobs/watch-jobs.ts';
import type { WatchedJob } from '../jobs/watched-job.ts';
import { explainFault } from '../request/explain-fault.ts';
import type { Store } from './create-store.ts';
import type { ExplorerState } from './explorer-state.ts';
import { keptJobs } from './kept-jobs.ts';
import type { KeptValues } from './kept-values.ts';

/** What can be done with jobs. */
export interface JobActions {
  /** Puts jobs at the top of the list and watches them. Known ones start anew. */
  readonly addJobs: (ids: readonly string[]) => void;
  readonly removeJob: (id: string) => void;
  /** Watches all jobs that are not over, also those that failed before. */
  readonly watchAgain: () => void;
}

/** More than anyone looks at, and fewer than one subscription takes. */
const maxJobs = 50;

/** What the jobs panel does. Ids are kept in the browser's storage, and nothing else about a job. */
export function jobActions(
  store: Store<ExplorerState>,
  kept: KeptValues,
  { subscribe, ask }: Pick<WatchJobsOptions, 'subscribe' | 'ask'>,
): JobActions {
  let stop = () => {};

  const put = (jobs: readonly WatchedJob[]) => store.set({ jobs: jobs.slice(0, maxJobs) });
  // What is stored, not what this page shows: another page of the browser may have added to it.
  const keep = (added: readonly string[], removed: readonly string[] = []) => {
    const rest = keptJobs(kept.read('jobs')).map(({ id }) => id);
    const ids = [...new Set([...added, ...rest])].filter((id) => !removed.includes(id));
    kept.write('jobs', JSON.stringify(ids.slice(0, maxJobs)));
  };
  const change = (ids: readonly string[], part: Partial<WatchedJob>) =>
    store.set({ jobs: store.get().jobs.map((job) => (ids.includes(job.id) ? { ...job, ...part } : job)) });

  const watch = () => {
    stop();
    const open = store.get().jobs.filter(({ state, problem }) => !problem && !state?.isTerminal);
    stop = watchJobs(
      open.map(({ id }) => id),
      {
        subscribe,
        ask,
        onState(state) {
          const before = store.get().jobs.find(({ id }) => id === state.id)?.state;
          const { step, outcome } = jobWords(state);
          change([state.id], { state, interruption: undefined });
          // The first state of a job that was over long ago is not news.
          if (before ? before.status !== state.status : !state.isTerminal)
            store.set({ announcement: `${state.uploadedFileName}: ${step}. ${outcome}.` });
        },
        onInterruption(ids, { message }) {
          const isNews = store.get().jobs.some((job) => ids.includes(job.id) && !job.interruption);
          change(ids, { interruption: message });
          if (isNews) store.set({ announcement: message });
        },
        onFault(ids, fault) {
          const told = explainFault(fault, store.get().token !== '');
          const problem = told ? `${told.title} ${told.text}` : fault.message;
          change(ids, { problem, interruption: undefined });
          store.set({ announcement: problem });
        },
      },
    );
  };

  return {
    addJobs(added) {
      const known = store.get().jobs;
      const rest = known.filter(({ id }) => !added.includes(id));
      put([...added.map((id) => ({ id, state: known.find((job) => job.id === id)?.state })), ...rest]);
      keep(added);
      watch();
    },
    removeJob(id) {
      put(store.get().jobs.filter((job) => job.id !== id));
      keep([], [id]);
      watch();
    },
    watchAgain() {
      store.set({ jobs: store.get().jobs.map(({ id, state }) => ({ id, state })) });
      watch();
    },
  };
}
