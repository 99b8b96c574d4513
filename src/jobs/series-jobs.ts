import DataLoader from 'dataloader';
import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError, type CapillaryErrorCode } from '../capillary/capillary-error.ts';
import type { Credential } from '../capillary/credential.ts';
import type { JobListRef, JobRef, UpstreamJob } from '../capillary/upstream-job.ts';
import { GatewayError } from '../errors.ts';
import type { RunInTurn } from '../flow/fair-queue.ts';
import type { ShareInFlight } from '../flow/share-in-flight.ts';
import type { Span } from '../span.ts';
import { toUploadJob, type UploadJob } from './upload-job.ts';

/** Who reads, and what all operations share. */
export interface SeriesJobsOptions {
  readonly listJobs: CapillaryClient['listJobs'];
  /** One for the whole gateway: equal calls with one credential share one answer while it is in flight. */
  readonly inFlight: ShareInFlight<readonly UpstreamJob[]>;
  /** One for the whole gateway: the calls of one caller do not hold up those of others. */
  readonly inTurn: RunInTurn;
  readonly credential: () => Credential;
  readonly signal: AbortSignal;
  /** The operation's span. Default: not traced. */
  readonly span?: Span | undefined;
}

/** The jobs that one request reads. Upstream is asked once for each list, however many fields want it. */
export interface SeriesJobs {
  /** Ascending job ids. Rejects with `CapillaryError`, or with `GatewayError` `BAD_USER_INPUT` past 1,000 lists. */
  list(list: JobListRef): Promise<readonly UploadJob[]>;
  /** `undefined` when the series has no such job. */
  find(ref: JobRef): Promise<UploadJob | undefined>;
  /** From now on each call upstream first waits for `turn`; those who wait for the same list share one turn. */
  pace(turn: (signal: AbortSignal) => Promise<void>): void;
  /** Forgets what this operation has read of the list: it may no longer be true. */
  forget(list: JobListRef): void;
  /** After an upload: the same, and calls that any operation began before it are not shared any longer. */
  outdate(list: JobListRef): void;
}

/** One for each operation. Asks upstream when a list is first wanted, and holds nothing to close. */
export function createSeriesJobs(options: SeriesJobsOptions): SeriesJobs {
  const { listJobs, inFlight, inTurn, credential, signal, span } = options;
  const lists = new Map<string, Promise<readonly UploadJob[]>>();
  let loader: DataLoader<JobListRef, readonly UploadJob[], string> | undefined;
  let refusal: CapillaryError | undefined;
  let turn: ((signal: AbortSignal) => Promise<void>) | undefined;

  async function list(ref: JobListRef): Promise<readonly UploadJob[]> {
    if (!lists.has(nameOf(ref)) && lists.size >= maxLists) throw tooManyLists();
    // Made when it is first used: most subscriptions, which last for hours, never use it. Each list is a batch of its
    // own, since upstream has no call for several: the fastest would wait for the slowest.
    loader ??= new DataLoader(
      (refs) => Promise.all(refs.map((each) => read(each).catch((error: Error) => error))),
      { batch: false, cacheKeyFn: nameOf, cacheMap: lists },
    );
    return loader.load(ref);
  }

  async function read({ kind, couponSeriesId }: JobListRef): Promise<readonly UploadJob[]> {
    const caller = credential();
    const key = sharedName(caller, { kind, couponSeriesId });
    const paced = `${key} in its turn`;
    const jobs = turn
      ? await inFlight.share(paced, signal, async (sharedSignal) => {
          await turn?.(sharedSignal);
          // Whoever asks from now on may know of something newer than this call will tell.
          inFlight.outdate(paced);
          return call(sharedSignal);
        })
      : await call(signal);
    return jobs.map(toUploadJob);

    // Who joins a call takes no turn. Many callers stand behind the gateway's own credential: there each operation
    // has turns of its own, and joins nothing that waits for those of another.
    function call(ownSignal: AbortSignal) {
      return caller.renewable
        ? inTurn(ownSignal, ownSignal, () => inFlight.share(key, ownSignal, ask))
        : inFlight.share(key, ownSignal, (shared) => inTurn(caller.id, shared, () => ask(shared)));
    }

    async function ask(ownSignal: AbortSignal) {
      // A token that was refused once is not sent a thousand times.
      if (refusal) throw refusal;
      return listJobs({ kind, couponSeriesId, credential: caller, signal: ownSignal, span }).catch(
        noteRefusal,
      );
    }
  }

  function noteRefusal(error: unknown): never {
    if (error instanceof CapillaryError && ofToken.has(error.code)) refusal = error;
    throw error;
  }

  function forget(list: JobListRef): void {
    // A subscription reads for hours: its token may be good again.
    refusal = undefined;
    lists.delete(nameOf(list));
  }

  return {
    list,
    async find(ref) {
      const jobs = await list(ref);
      return jobs.find((job) => job.upstream.jobId === ref.jobId);
    },
    pace(newTurn) {
      turn = newTurn;
    },
    forget,
    outdate(list) {
      forget(list);
      inFlight.outdate(sharedName(credential(), list));
    },
  };
}

/** What holds for the token, whatever list is asked for. */
const ofToken: ReadonlySet<CapillaryErrorCode> = new Set(['UNAUTHENTICATED', 'RATE_LIMITED']);

// Each is a call upstream, and one small operation could ask for as many as fit into its variables.
const maxLists = 1_000;

function nameOf({ kind, couponSeriesId }: JobListRef): string {
  return `${kind}:${couponSeriesId}`;
}

/** Nothing is shared between credentials. */
function sharedName({ id }: Credential, list: JobListRef): string {
  return `${id}:${nameOf(list)}`;
}

function tooManyLists(): GatewayError {
  const message = `One operation may read ${maxLists} lists of jobs at most: one for each series and kind.`;
  return new GatewayError('BAD_USER_INPUT', message);
}
