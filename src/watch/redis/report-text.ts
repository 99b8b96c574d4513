import {
  CapillaryError,
  type CapillaryErrorCode,
  type CapillaryErrorDetails,
} from '../../capillary/capillary-error.ts';
import type { UpstreamJob } from '../../capillary/upstream-job.ts';
import type { PollReport } from '../poll-exchange.ts';

type ReportText = { readonly nextInMs: number; readonly pauseMs: number } & (
  | { readonly jobs: readonly UpstreamJob[] }
  | {
      readonly error: CapillaryErrorDetails & { readonly code: CapillaryErrorCode; readonly message: string };
    }
);

/** The report as text. Of an error its cause is left out. */
export function writeReport({ outcome, nextInMs, pauseMs }: PollReport): string {
  if ('jobs' in outcome)
    return JSON.stringify({ nextInMs, pauseMs, jobs: outcome.jobs } satisfies ReportText);
  const { code, message, httpStatus, upstreamCode, upstreamMessage, requestId, retryAfterSeconds, explicit } =
    outcome.error;
  const details = { httpStatus, upstreamCode, upstreamMessage, requestId, retryAfterSeconds, explicit };
  return JSON.stringify({ nextInMs, pauseMs, error: { code, message, ...details } } satisfies ReportText);
}

/** Reads what `writeReport` of a replica has written: it is trusted to be whole. */
export function readReport(text: string): PollReport {
  const report = JSON.parse(text) as ReportText;
  const { nextInMs, pauseMs } = report;
  if ('jobs' in report) return { nextInMs, pauseMs, outcome: { jobs: report.jobs } };
  const { code, message, ...details } = report.error;
  return { nextInMs, pauseMs, outcome: { error: new CapillaryError(code, message, details) } };
}
