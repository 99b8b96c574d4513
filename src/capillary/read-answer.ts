import { CapillaryError } from './capillary-error.ts';
import { asId, asRecord, type JsonRecord, parseJson } from './lenient-json.ts';
import { readJob } from './read-job.ts';
import { readRefusal, requestId } from './read-refusal.ts';
import { answerHeader, type UpstreamAnswer } from './upstream-answer.ts';
import type { UploadKind, UpstreamJob } from './upstream-job.ts';

const listNames = {
  COUPON_BATCH: 'uploadJobStatuses',
  REDEEMED_COUPONS: 'redeemUploadJobStatuses',
} as const satisfies Record<UploadKind, string>;

/**
 * Reads the answer of an upload or status call about this series: its jobs in ascending ids, each once. Takes unusual
 * types as they come, and leaves out an entry without a job id rather than lose the others. Throws `CapillaryError`: the
 * refusal, or `UPSTREAM_INVALID_RESPONSE` for a 2xx without a job list (upstream contract, sections 1 and 2).
 */
export function readJobs(kind: UploadKind, answer: UpstreamAnswer, couponSeriesId: string): UpstreamJob[] {
  const listName = listNames[kind];
  const { result } = readAnswer(answer, ({ result: found }) => hasEntries(asRecord(found)?.[listName]));
  const { orgId, [listName]: list } = asRecord(result) ?? {};
  // A `null` where the list belongs is how Java services write "none".
  const entries = list === null ? [] : list;
  if (!Array.isArray(entries)) throw invalidAnswer(answer, `it has no list "${listName}"`);
  // The series that was asked for, whatever the answer says: a job is found again by it.
  const owner = { orgId: asId(orgId) ?? '', couponSeriesId };
  const jobs = entries.flatMap((entry: unknown) => readJob(kind, asRecord(entry) ?? {}, owner) ?? []);
  // An empty list would say "no such upload", and somebody might then send the file again.
  if (jobs.length === 0 && entries.length > 0) throw invalidAnswer(answer, 'none of its jobs has an id');
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  return [...byId.values()].sort((a, b) => compareIds(a.jobId, b.jobId));
}

/** An empty list beside `errors` may be empty because of these. */
function hasEntries(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

// Ids are digits without leading zeros and may be past 2^53.
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * The JSON object of an answer that is no refusal. Throws `CapillaryError`. `hasResult` tells whether the
 * parsed body holds what was asked for.
 */
export function readAnswer(answer: UpstreamAnswer, hasResult: (body: JsonRecord) => boolean): JsonRecord {
  const body = asRecord(parseJson(answer.body));
  const refusal = readRefusal(answer, body, body !== undefined && hasResult(body));
  if (refusal !== undefined) throw refusal;
  if (body === undefined) throw invalidAnswer(answer, describeNonJson(answer));
  return body;
}

/** The error for an answer whose status is good and whose content is not what is documented. */
export function invalidAnswer(answer: UpstreamAnswer, reason: string): CapillaryError {
  return new CapillaryError(
    'UPSTREAM_INVALID_RESPONSE',
    `Capillary's answer is not what its documentation describes: ${reason}.`,
    { httpStatus: answer.status, requestId: requestId(answer) },
  );
}

function describeNonJson(answer: UpstreamAnswer): string {
  const { body } = answer;
  if (body.trim() === '') return 'it is empty';
  const encoding = answerHeader(answer, 'content-encoding') ?? 'identity';
  if (encoding !== 'identity') return 'it is compressed, although the request asked for no compression';
  return /^\s*</.test(body) ? 'it is an HTML or XML page' : 'it is not a JSON object';
}
