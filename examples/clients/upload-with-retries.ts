import { GatewayFailure, isPassing } from './gateway-failure.ts';
import type { UploadCouponBatchInput, UploadCouponsMutation } from './generated/graphql.ts';
import { pause } from './pause.ts';

export type UploadResult = UploadCouponsMutation['uploadCouponBatch'];

export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default 5. */
  readonly attempts?: number | undefined;
  /** Before the second attempt, twice as long before each further one. Default 1,000. */
  readonly pauseMs?: number | undefined;
}

/**
 * Sends a file until the gateway has said what became of it, always under one idempotencyKey: an attempt whose answer
 * was lost may have made the job, and a repeat with its key finds that one. Take a key that belongs to the file when
 * repeats should be safe after a reload, too. Rejects with `GatewayFailure` for what no repeat mends.
 */
export async function uploadWithRetries(
  input: UploadCouponBatchInput,
  send: (input: UploadCouponBatchInput) => Promise<UploadResult>,
  { signal, attempts = 5, pauseMs = 1_000 }: RetryOptions = {},
): Promise<UploadResult> {
  const idempotencyKey = input.options?.idempotencyKey ?? crypto.randomUUID();
  const keyed = { ...input, options: { ...input.options, idempotencyKey } };
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= attempts;
    let waitMs = pauseMs * 2 ** (attempt - 1);
    try {
      const result = await send(keyed);
      if (result.__typename !== 'UploadOutcomeUnknownError' || isLast) return result;
    } catch (error) {
      // What a cancelled request rejects with differs from client to client.
      signal?.throwIfAborted();
      if (isLast || !isPassing(error)) throw error;
      if (error instanceof GatewayFailure) waitMs = Math.max(waitMs, (error.retryAfterSeconds ?? 0) * 1_000);
    }
    await pause(waitMs, signal);
  }
}
