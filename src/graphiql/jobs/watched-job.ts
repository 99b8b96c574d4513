import type { JobState } from './job-state.ts';

/** A line of the jobs panel. */
export interface WatchedJob {
  readonly id: string;
  /** `undefined` until the first state has come. */
  readonly state?: JobState | undefined;
  /** Why nothing is heard of it at the moment, in words; it is tried again. */
  readonly interruption?: string | undefined;
  /** Why it is not watched, in words. */
  readonly problem?: string | undefined;
}
