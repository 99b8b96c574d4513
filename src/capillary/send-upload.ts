import { type Dispatcher, request } from 'undici';
import { onAbort } from '../flow/on-abort.ts';
import { rejectOnAbort } from '../flow/reject-on-abort.ts';
import { createStallWatch } from '../flow/stall-watch.ts';
import type { Span } from '../span.ts';
import type { ByteSource } from './byte-source.ts';
import { CapillaryError } from './capillary-error.ts';
import type { Credential } from './credential.ts';
import { createMultipartBody, type MultipartBody } from './multipart-body.ts';
import { readJobs } from './read-answer.ts';
import { readBody } from './read-body.ts';
import { requestId } from './read-refusal.ts';
import { toCapillaryError } from './to-capillary-error.ts';
import { tokenHeader, uploadCalls, upstreamUrl } from './upload-calls.ts';
import { type UploadForm, uploadFields } from './upload-form.ts';
import { type UpstreamAnswer, wantedAnswer } from './upstream-answer.ts';
import { beginUpstreamCall, type OnCall, type UpstreamCall } from './upstream-call.ts';
import type { UpstreamJob } from './upstream-job.ts';

/** One upload: what, from where, and as whom. */
export interface UploadRequest {
  readonly form: UploadForm;
  /** The name under which upstream is to know the file. */
  readonly fileName: string;
  readonly file: ByteSource;
  readonly credential: Credential;
  readonly signal: AbortSignal;
  /** The upload's span. Default: not traced. */
  readonly span?: Span | undefined;
}

/** `whole`: the closing boundary had been handed over, so upstream may have the file in spite of the error. */
export type UploadOutcome =
  | { readonly ok: true; readonly job: UpstreamJob }
  | { readonly ok: false; readonly error: unknown; readonly whole: boolean };

/** Never rejects: an abort is an outcome, too, with the signal's reason as its error. By then the file is stopped. */
export type SendUpload = (upload: UploadRequest) => Promise<UploadOutcome>;

/** Where uploads go, and how patiently. Times in milliseconds. */
export interface SendUploadOptions {
  readonly couponApiUrl: string;
  readonly dispatcher: Dispatcher;
  /** How long upstream may take no byte before the upload is given up. */
  readonly idleTimeoutMs: number;
  /** From the last byte to the end of the answer. */
  readonly answerTimeoutMs: number;
  /** Hears of each call when it is over. Default: nobody. */
  readonly onCall?: OnCall | undefined;
}

/**
 * The two upload calls (upstream contract, section 1), streamed. Never repeated: upstream makes a new job each time,
 * and the bytes are gone.
 */
export function createSendUpload(options: SendUploadOptions): SendUpload {
  const { couponApiUrl, dispatcher, idleTimeoutMs, answerTimeoutMs, onCall } = options;

  return async function sendUpload({ form, fileName, file, credential, signal, span }) {
    const giveUp = new AbortController();
    const stopListening = onAbort(signal, (reason) => giveUp.abort(reason));
    const timeOut = (message: string) => giveUp.abort(new CapillaryError('UPSTREAM_TIMEOUT', message));

    const stall = createStallWatch({
      timeoutMs: idleTimeoutMs,
      onStall: () => timeOut(`Capillary took no byte of the file for ${idleTimeoutMs} ms.`),
    });
    let answerTimer: NodeJS.Timeout | undefined;
    const awaitAnswer = (timeoutMs: number) => {
      stall.close();
      answerTimer ??= setTimeout(
        () => timeOut(`Capillary did not answer within ${timeoutMs} ms.`),
        timeoutMs,
      );
    };
    const body = createMultipartBody({
      fields: uploadFields(form),
      fileName,
      file,
      progress: {
        blocked: stall.begin,
        flowing: stall.end,
        whole: () => awaitAnswer(answerTimeoutMs),
      },
    });

    const { call: name, path } = uploadCalls[form.kind].upload;
    const about = { call: name, method: 'POST', route: `${path}/{couponSeriesId}`, span, onCall } as const;
    let call: UpstreamCall | undefined;

    async function exchange(): Promise<UpstreamAnswer> {
      signal.throwIfAborted();
      const token = await credential.token(giveUp.signal, span);
      giveUp.signal.throwIfAborted();
      call = beginUpstreamCall(about);
      // From here on: waiting for a connection that never comes must not hold the client either.
      stall.begin();
      const answer = await request(upstreamUrl(couponApiUrl, path, form.couponSeriesId), {
        method: 'POST',
        headers: {
          ...call.headers,
          ...wantedAnswer,
          'content-type': body.contentType,
          [tokenHeader]: token,
        },
        body: body.stream,
        dispatcher,
        signal: giveUp.signal,
        // Both would also run while upstream does not read; the two watches above know the difference.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      call.answered(answer.statusCode);
      // An early answer is all there will be: not one byte more is sent, but the connection must live until
      // the answer is read.
      if (!body.isWhole()) file.stop();
      awaitAnswer(idleTimeoutMs);
      return readBody(answer, maxAnswerBytes, [token]).catch((error) => withoutBody(answer, error, token));
    }

    try {
      const answer = await Promise.race([exchange(), rejectOnAbort(giveUp.signal)]);
      const job = readJob(form, answer, body);
      call?.end();
      return { ok: true, job };
    } catch (thrown) {
      const failure = body.failure() ?? toCapillaryError(thrown, giveUp.signal);
      const error = signal.aborted ? signal.reason : failure;
      call?.end(error);
      return { ok: false, error, whole: body.isWhole() };
    } finally {
      stopListening();
      stall.close();
      clearTimeout(answerTimer);
      // Which stops the file.
      body.stream.destroy();
    }
  };
}

const maxAnswerBytes = 1024 * 1024;

/** An early refusal is often followed by a reset that swallows its body: its status is still the reason. */
function withoutBody(answer: Dispatcher.ResponseData, error: unknown, token: string): UpstreamAnswer {
  if (answer.statusCode < 400) throw error;
  return { status: answer.statusCode, headers: answer.headers, body: '', secrets: [token] };
}

function readJob(form: UploadForm, answer: UpstreamAnswer, body: MultipartBody): UpstreamJob {
  const job = readJobs(form.kind, answer, form.couponSeriesId).at(-1);
  if (job && body.isWhole()) return job;
  const reason = job ? 'answered before it had the whole file' : 'took the file and named no job';
  throw new CapillaryError('UPSTREAM_INVALID_RESPONSE', `Capillary ${reason}.`, {
    httpStatus: answer.status,
    requestId: requestId(answer),
  });
}
