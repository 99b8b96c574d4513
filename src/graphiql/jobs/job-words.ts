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
  const { kind, status, outcome, isTerminal, upstreamStatus } = state;
  const walk = walks[kind];
  const at = walk.findIndex((step) => step.status === status);
  const reached = isTerminal ? 'Finished' : (walk[at]?.words ?? `Capillary says ${upstreamStatus}`);
  return {
    ...outcomeWords(state),
    step: outcome === 'FAILED' ? 'Failed' : reached,
    percent: isTerminal ? 100 : at < 0 ? undefined : Math.round(((at + 0.5) / walk.length) * 100),
  };
}

function outcomeWords(state: JobState): Pick<JobWords, 'tone' | 'outcome'> {
  const { outcome, upstreamStatus, totalUploadedCount: total, acceptedCount, errorCount } = state;
  const told = (count: number) => count.toLocaleString('en');
  const all = total === 1 ? 'The row was' : `All ${told(total)} rows`;
  switch (outcome) {
    case 'SUCCEEDED':
      return {
        tone: 'good',
        outcome: total === 0 ? 'Finished; Capillary counted no rows' : `${all} accepted`,
      };
    case 'PARTIALLY_REJECTED':
      return {
        tone: 'mixed',
        outcome: `${told(acceptedCount)} of ${told(total)} rows accepted, ${told(errorCount)} rejected`,
      };
    case 'REJECTED':
      return { tone: 'bad', outcome: `${all} rejected` };
    case 'FAILED':
      return { tone: 'bad', outcome: `The job failed at Capillary (${upstreamStatus})` };
    case 'PENDING':
      return { tone: 'pending', outcome: 'In progress' };
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
