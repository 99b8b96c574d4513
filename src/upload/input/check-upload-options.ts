import { type InvalidInputError, refuseInput } from '../result/upload-result.ts';

/** `UploadOptions` of the public schema. */
export interface UploadOptionsInput {
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
  readonly maxRowsPerJob?: number | null | undefined;
  readonly rowProblems?: 'REPORT' | 'REJECT' | null | undefined;
}

/** `UploadOptionsInput` with its defaults filled in. */
export interface UploadOptions {
  /** The caller's key. `undefined`: the gateway makes one. */
  readonly idempotencyKey: string | undefined;
  readonly dryRun: boolean;
  /** Undefined: one job, whatever its size. */
  readonly maxRowsPerJob: number | undefined;
  readonly rejectRowProblems: boolean;
}

/** Fills in the defaults, or says which option is wrong. */
export function checkUploadOptions(
  input: UploadOptionsInput,
): { readonly options: UploadOptions } | { readonly refusal: InvalidInputError } {
  const { idempotencyKey, dryRun, maxRowsPerJob, rowProblems } = input;
  if (idempotencyKey != null && !/^[A-Za-z0-9_-]{8,64}$/.test(idempotencyKey)) {
    return refuseInput('options.idempotencyKey', 'A key has 8 to 64 of the characters A-Z a-z 0-9 _ and -.');
  }
  if (maxRowsPerJob != null && maxRowsPerJob < 1) {
    return refuseInput('options.maxRowsPerJob', `maxRowsPerJob must be at least 1, but is ${maxRowsPerJob}.`);
  }
  const rejectRowProblems = rowProblems === 'REJECT';
  if (rejectRowProblems && maxRowsPerJob != null && !dryRun) {
    return refuseInput(
      'options.rowProblems',
      'REJECT must check the whole file before anything is uploaded, but maxRowsPerJob uploads the first jobs before ' +
        'that. Check the file with dryRun first, then upload it with REPORT.',
    );
  }
  return {
    options: {
      idempotencyKey: idempotencyKey ?? undefined,
      dryRun: dryRun ?? false,
      maxRowsPerJob: maxRowsPerJob ?? undefined,
      rejectRowProblems,
    },
  };
}
