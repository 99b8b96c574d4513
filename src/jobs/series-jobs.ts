import DataLoader from 'dataloader';
import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError } from '../capillary/capillary-error.ts';
import type { Credential } from '../capillary/credential.ts';
import type { ShareInFlight } from '../capillary/share-in-flight.ts';
import type { UploadKind, UpstreamJob } from '../capillary/upstream-job.ts';
import { GatewayError } from '../errors.ts';
import type { Span } from '../observe/span.ts';
import type { RunInTurn } from './fair-queue.ts';
import type { JobRef } from './job-id.ts';
import { toUploadJob, type UploadJob } from './upload-job.ts';

/** Who reads, and what is shared with all others. */
export interface SeriesJobsOptions {
  readonly listJobs: CapillaryClient['listJobs'];
  /** Of the gateway, not of the request: equal calls of one credential share one answer while it is in flight. */
  readonly inFlight: ShareInFlight<readonly UpstreamJob[]>;
  /** Of the gateway, too: the calls of one caller do not keep those of others waiting. */
  readonly inTurn: RunInTurn;
  readonly credential: () => Credential;
  readonly signal: AbortSignal;
  /** Of the operation that reads. Default: not traced. */
  readonly span?: Span | undefined;
}

/** The jobs that one request reads. Upstream is asked once for each kind and series, however many fields want it. */
export interface SeriesJobs {
  /** Ascending job ids. Rejects with `CapillaryError`, or with `GatewayError` `BAD_USER_INPUT` past 1,000 calls upstream. */
  list(kind: UploadKind, couponSeriesId: string): Promise<readonly UploadJob[]>;
  /** `undefined` when the series has no such job. */
  find(ref: JobRef): Promise<UploadJob | undefined>;
  /** From now on each call upstream waits for its turn, which those share that wait for the same list. */
  pace(turn: (signal: AbortSignal) => Promise<void>): void;
  /** What this request has read of the series may no longer be true. */
  forget(kind: UploadKind, couponSeriesId: string): void;
  /** After an upload: the same, and no list that any request has asked for before it is shared any longer. */
  outdate(kind: UploadKind, couponSeriesId: string): void;
}

/** One for each operation. Asks upstream when a list is first wanted, and holds nothing to close. */
export function createSeriesJobs(options: SeriesJobsOptions): SeriesJobs {
  const { listJobs, inFlight, inTurn, credential, signal, span } = options;
  let refusal: CapillaryError | undefined;
  let turn: ((signal: AbortSignal) => Promise<void>) | undefined;

  async function read({ kind, couponSeriesId }: Series): Promise<readonly UploadJob[]> {
    const caller = credential();
    const key = sharedName(caller, { kind, couponSeriesId });
    const paced = `${key} in its turn`;
    const jobs = turn
      ? await inFlight.share(paced, signal, async (sharedSignal) => {
          await turn?.(sharedSignal);
          // Who comes from now on may know of something newer.
          inFlight.outdate(paced);
          return call(sharedSignal);
        })
      : await call(signal);
    return jobs.map(toUploadJob);

    // Behind the gateway's own credential are many callers: there it is one operation's turn.
    function call(ownSignal: AbortSignal) {
      return inTurn(caller.renewable ? ownSignal : caller.id, ownSignal, async () => {
        // A token that was refused once is not sent a thousand times.
        if (refusal) throw refusal;
        return inFlight
          .share(key, ownSignal, (sharedSignal) =>
            listJobs({ kind, couponSeriesId, credential: caller, signal: sharedSignal, span }),
          )
          .catch(noteRefusal);
      });
    }
  }

  function noteRefusal(error: unknown): never {
    if (error instanceof CapillaryError && error.code === 'UNAUTHENTICATED') refusal = error;
    throw error;
  }

  const wanted = new Set<string>();
  let loader: DataLoader<Series, readonly UploadJob[], string> | undefined;
  // Not before it is used: most of those who watch jobs for hours never do.
  const load = (series: Series) => {
    const name = nameOf(series);
    if (!wanted.has(name) && wanted.size >= maxSeries) return Promise.reject(tooManySeries());
    wanted.add(name);
    loader ??= new DataLoader(
      async (series) => {
        const results = await Promise.allSettled(series.map(read));
        return results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason));
      },
      { cacheKeyFn: nameOf },
    );
    return loader.load(series);
  };

  function forget(kind: UploadKind, couponSeriesId: string): void {
    // A subscription reads for hours: its token may be good again.
    refusal = undefined;
    wanted.delete(nameOf({ kind, couponSeriesId }));
    loader?.clear({ kind, couponSeriesId });
  }

  return {
    list: (kind, couponSeriesId) => load({ kind, couponSeriesId }),
    async find({ kind, couponSeriesId, jobId }) {
      const jobs = await load({ kind, couponSeriesId });
      return jobs.find((job) => job.upstream.jobId === jobId);
    },
    pace(newTurn) {
      turn = newTurn;
    },
    forget,
    outdate(kind, couponSeriesId) {
      forget(kind, couponSeriesId);
      inFlight.outdate(sharedName(credential(), { kind, couponSeriesId }));
    },
  };
}

interface Series {
  readonly kind: UploadKind;
  readonly couponSeriesId: string;
}

// Each is a call upstream, and one small operation could ask for as many as fit into its variables.
const maxSeries = 1_000;

function nameOf({ kind, couponSeriesId }: Series): string {
  return `${kind}:${couponSeriesId}`;
}

/** Nothing is shared between credentials. */
function sharedName({ id }: Credential, series: Series): string {
  return `${id}:${nameOf(series)}`;
}

function tooManySeries(): GatewayError {
  const message = `One operation may read ${maxSeries} lists of jobs at most: one for each series and kind.`;
  return new GatewayError('BAD_USER_INPUT', message);
}
