import type { PlacedFile } from '../files/files-of-operation.ts';
import type { GraphQLResult } from '../request/graphql-result.ts';
import type { GraphQLParams } from '../request/multipart-parts.ts';
import type { UploadProgress } from '../request/progress-meter.ts';
import { sendUpload } from '../request/send-upload.ts';
import { uploadOutcomes } from '../request/upload-outcome.ts';
import type { Store } from './create-store.ts';
import type { ExplorerState } from './explorer-state.ts';
import type { FileActions } from './file-actions.ts';
import type { JobActions } from './job-actions.ts';
import type { RepeatGuard } from './repeat-guard.ts';

/** Where an upload goes, and who gets its result. */
export interface RunUploadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Gives the result to the page, and to the editor unless that has moved on. */
  readonly finish: (result: GraphQLResult) => void;
}

/** Starts an upload that the page shows. Returns what the editor calls when it lets go of it. */
export type RunUpload = (
  params: GraphQLParams,
  placed: readonly PlacedFile[],
  options: RunUploadOptions,
) => () => void;

/** Runs uploads: shows how far they are, takes the jobs out of the answer, and opens the jobs panel. */
export function createRunUpload(
  store: Store<ExplorerState>,
  files: Pick<FileActions, 'markStale'>,
  jobs: Pick<JobActions, 'addJobs'>,
  repeats: Pick<RepeatGuard, 'remember'>,
): RunUpload {
  let started = 0;
  return (params, placed, { url, headers, finish }) => {
    const { tab } = store.get();
    started += 1;
    const id = String(started);
    const controller = new AbortController();
    const { signal } = controller;
    const names = placed.map(({ file }) => file.name);

    const announce = announceQuarters((announcement) => store.set({ announcement }));
    const onProgress = (progress: UploadProgress) => {
      const { uploads } = store.get();
      store.set({ uploads: uploads.map((one) => (one.id === id ? { ...one, progress } : one)) });
      announce(progress);
    };

    store.set({
      uploads: [
        ...store.get().uploads,
        { id, tab, names, progress: undefined, cancel: () => controller.abort() },
      ],
      outcomes: { ...store.get().outcomes, [tab]: [] },
      announcement: `Uploading ${names.join(', ')}.`,
    });
    const onStale = files.markStale;
    void sendUpload(params, placed, { url, headers, signal, onProgress, onStale }).then((result) => {
      const outcomes = uploadOutcomes(result);
      const jobIds = outcomes.flatMap((one) => one.jobIds);
      if (outcomes.some(({ mayHaveJobs }) => mayHaveJobs)) repeats.remember(params, placed);
      store.set({
        uploads: store.get().uploads.filter((one) => one.id !== id),
        outcomes: { ...store.get().outcomes, [tab]: outcomes },
        announcement: outcomes.map(({ title }) => title).join(' '),
      });
      finish(result);
      if (jobIds.length === 0) return;
      jobs.addJobs(jobIds);
      // A file with problems is looked at first: they are listed beside it. So is the progress of another upload.
      const isNext = outcomes.every(({ tone }) => tone === 'good') && store.get().uploads.length === 0;
      if (isNext) store.set({ wantedPanel: { title: 'Jobs' } });
    });

    return () => {
      // GraphiQL lets go in the same way when Stop is pressed and when the tab changes; the latter must not
      // cost an upload.
      queueMicrotask(() => {
        if (store.get().tab === tab) controller.abort();
      });
    };
  };
}

/** Tells when another quarter of an upload is out. */
function announceQuarters(tell: (announcement: string) => void): (progress: UploadProgress) => void {
  let announced = 0;
  return ({ sentBytes, totalBytes }) => {
    const quarter = Math.floor((4 * sentBytes) / totalBytes);
    if (quarter <= announced) return;
    announced = quarter;
    tell(quarter < 4 ? `${25 * quarter} % sent.` : 'All bytes sent. Waiting for the answer.');
  };
}
