import type { CallName } from '../http/find-route.ts';

/**
 * When a fault answers. `early`: before the body is read, which is then read and forgotten. `early-reset`: the
 * same, but the connection is reset right behind the answer, while the client is still sending. `late`: after
 * the last byte, without making a job. `after-job`: after the job was made (a request that the call itself
 * refuses gets that refusal). Default `late`.
 */
export const answerTimes = ['early', 'early-reset', 'late', 'after-job'] as const;
/** One of `answerTimes`. */
export type AnswerTime = (typeof answerTimes)[number];

/** What goes wrong with a call. */
export type Fault =
  /** The answer comes `ms` later; what the call does is done at once. */
  | { readonly kind: 'latency'; readonly ms: number }
  /**
   * An HTTP status with the body that is documented for it, or else the sandbox's own. 502 is an HTML page.
   * `code` picks 403's code 4000 over 403. `retryAfter` in seconds.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly when?: AnswerTime | undefined;
      readonly code?: number | undefined;
      readonly retryAfter?: number | undefined;
    }
  /** Any answer at all. `contentType` defaults to JSON. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly contentType?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly when?: AnswerTime | undefined;
    }
  /** Under HTTP 200: JSON that breaks off, nothing, an object without the documented fields, `success: false`. */
  | { readonly kind: 'malformed' | 'empty' | 'lacking' | 'refused'; readonly when?: AnswerTime | undefined }
  /**
   * A TCP reset: before the body, in the middle (once `afterBytes` of the file have come, default 1), or after the last byte,
   * where `job` tells whether the job was made (default false).
   */
  | {
      readonly kind: 'reset';
      readonly at: 'before' | 'middle' | 'after';
      readonly afterBytes?: number | undefined;
      readonly job?: boolean | undefined;
    }
  /** No answer ever: the body is never read, or read to its end. Ends when the client gives up; see `faults.clear`. */
  | { readonly kind: 'hang'; readonly at: 'before' | 'after'; readonly job?: boolean | undefined }
  /** An upload is read at this pace, on average, in steps of up to 64 KiB. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

/** Which requests a fault hits, and how many. */
export interface FaultRule {
  /** `any` applies to calls that have no rule of their own. */
  readonly call: CallName | 'any';
  /** Only requests of this series, and before every rule without one. Default: all. The token call has no series. */
  readonly couponSeriesId?: string | undefined;
  readonly fault: Fault;
  /** How many requests it hits. Default: all until cleared. */
  readonly times?: number | undefined;
}
