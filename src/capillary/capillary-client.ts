import type { Dispatcher } from 'undici';
import { createListJobs, type ListJobs } from './list-jobs.ts';
import { createSendUpload, type SendUpload } from './send-upload.ts';
import type { OnCall } from './upstream-call.ts';

/** Where upstream is, and how patient to be with it. Times in milliseconds. */
export interface CapillaryClientOptions {
  readonly couponApiUrl: string;
  /** For reads. Whoever made the two dispatchers closes them. */
  readonly dispatcher: Dispatcher;
  /** For uploads, which hold a socket for minutes: reads must not wait for one. */
  readonly uploadDispatcher: Dispatcher;
  /** For one attempt at a read. */
  readonly timeoutMs: number;
  readonly uploadIdleTimeoutMs: number;
  readonly uploadAnswerTimeoutMs: number;
  /** Hears of each call when it is over. Default: nobody. */
  readonly onCall?: OnCall | undefined;
}

/** The coupon calls of Capillary's REST API. Nothing above it knows a path or a header of upstream. */
export interface CapillaryClient {
  readonly listJobs: ListJobs;
  readonly sendUpload: SendUpload;
}

/** Puts the coupon calls together. Has nothing of its own to close. */
export function createCapillaryClient(options: CapillaryClientOptions): CapillaryClient {
  const { couponApiUrl, dispatcher, uploadDispatcher, timeoutMs, onCall } = options;
  return {
    listJobs: createListJobs({ couponApiUrl, dispatcher, timeoutMs, onCall }),
    sendUpload: createSendUpload({
      couponApiUrl,
      dispatcher: uploadDispatcher,
      idleTimeoutMs: options.uploadIdleTimeoutMs,
      answerTimeoutMs: options.uploadAnswerTimeoutMs,
      onCall,
    }),
  };
}
