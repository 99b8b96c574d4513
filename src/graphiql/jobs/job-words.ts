import type { JobState } from './job-state.ts';

/** A job in words. `tone` picks a colour and a sign; it never says anything that the words do not. */
export interface JobWords {
  readonly tone: 'pending' | 'good' | 'mixed' | 'bad';
  readonly outcome: string;
  readonly step: string;
  /** 0 to 100; `undefined` when upstream is at a step that this page does not know. */
  readonly percent: number | undefined;
}

/** Puts a job's state into words, and its status into a percentage. */
export function jobWords(state: JobState): JobWords {
  const { outcome, isTerminal, totalUploadedCount: total, acceptedCount, errorCount } = state;
  const told = (count: number) => count.toLocaleString('en');
  const walk = walks[state.kind];
  const at = walk.findIndex(({ status }) => status === state.status);
  const step = isTerminal ? 'Finished' : (walk[at]?.words ?? `Capillary says ${state.upstreamStatus}`);
  const percent = isTerminal ? 100 : at < 0 ? undefined : Math.round(((at + 0.5) / walk.length) * 100);
  switch (outcome) {
    case 'SUCCEEDED':
      if (total === 0) return { tone: 'good', outcome: 'Finished; Capillary counted no rows', step, percent };
      return {
        tone: 'good',
        outcome: total === 1 ? 'The row was accepted' : `All ${told(total)} rows accepted`,
        step,
        percent,
      };
    case 'PARTIALLY_REJECTED':
      return {
        tone: 'mixed',
        outcome: `${told(acceptedCount)} of ${told(total)} rows accepted, ${told(errorCount)} rejected`,
        step,
        percent,
      };
    case 'REJECTED':
      return {
        tone: 'bad',
        outcome: total === 1 ? 'The row was rejected' : `All ${told(total)} rows rejected`,
        step,
        percent,
      };
    case 'FAILED':
      return {
        tone: 'bad',
        outcome: `The job failed at Capillary (${state.upstreamStatus})`,
        step: 'Failed',
        percent,
      };
    case 'PENDING':
      return { tone: 'pending', outcome: 'In progress', step, percent };
  }
}

const walks = {
  COUPON_BATCH: [
    { status: 'STARTED', words: 'Started' },
    { status: 'VALIDATED', words: 'Validated' },
    { status: 'COMMITTED', words: 'Committed' },
    { status: 'FINISHED', words: 'Finished' },
  ],
  REDEEMED_COUPONS: [
    { status: 'QUEUED', words: 'Queued' },
    { status: 'STARTED', words: 'Started' },
    { status: 'FINISHED', words: 'Finished' },
  ],
} as const satisfies Record<JobState['kind'], readonly { status: string; words: string }[]>;
