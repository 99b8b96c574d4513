import type { GraphQLResolveInfo } from 'graphql';
import type { UploadForm } from '../capillary/upload-form.ts';
import type { GatewayContext } from '../gateway-context.ts';
import type { IncomingFile } from '../upload/form/incoming-file.ts';
import type { Checked } from '../upload/input/check-upload-input.ts';
import { checkUploadOptions, type UploadOptionsInput } from '../upload/input/check-upload-options.ts';
import type { UploadResult } from '../upload/result/upload-result.ts';
import { asksFor } from './asks-for.ts';

/** An upload mutation whose input was read. */
export interface UploadRun {
  readonly kind: UploadForm['kind'];
  readonly file: IncomingFile;
  readonly input: {
    readonly couponSeriesId: string;
    readonly options?: UploadOptionsInput | null | undefined;
  };
  readonly checked: Checked<UploadForm>;
}

/**
 * What both mutations do once their input is read. The file is released, and the end of the upload recorded,
 * on every path.
 */
export async function runUpload(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  run: UploadRun,
): Promise<UploadResult> {
  const { kind, file, input } = run;
  const { couponSeriesId, options } = input;
  const record = context.beginUpload({ kind, couponSeriesId, dryRun: options?.dryRun ?? false });
  try {
    const result = await upload();
    record.ended(result);
    return result;
  } catch (error) {
    record.failed(error);
    throw error;
  } finally {
    file.release();
  }

  async function upload(): Promise<UploadResult> {
    const { credential, signal, seriesJobs, uploadFile } = context;
    const caller = credential();
    if ('refusal' in run.checked) return run.checked.refusal;
    const how = checkUploadOptions(options ?? {});
    if ('refusal' in how) return how.refusal;
    const { form } = run.checked;
    const made = uploadFile({
      file,
      form,
      options: how.options,
      credential: caller,
      signal,
      record,
      // Hashing is a third of the cost of inspecting a file.
      wantsSha256: asksFor(info, 'sha256'),
    });
    return made.finally(() => seriesJobs.outdate(form));
  }
}
