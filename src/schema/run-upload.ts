import type { UploadForm } from '../capillary/upload-form.ts';
import type { GatewayContext } from '../gateway-context.ts';
import type { Checked } from '../upload/check-upload-input.ts';
import { checkUploadOptions, type UploadOptionsInput } from '../upload/check-upload-options.ts';
import type { IncomingFile } from '../upload/incoming-file.ts';
import type { UploadResult } from '../upload/upload-result.ts';

/** What both mutations do once their input is read. The file is released on every path. */
export async function runUpload(
  { credential, signal, seriesJobs, uploadFile }: GatewayContext,
  file: IncomingFile,
  checked: Checked<UploadForm>,
  options: UploadOptionsInput | null | undefined,
): Promise<UploadResult> {
  try {
    const caller = credential();
    if ('refusal' in checked) return checked.refusal;
    const how = checkUploadOptions(options ?? {});
    if ('refusal' in how) return how.refusal;
    const { form } = checked;
    const result = await uploadFile({ file, form, options: how.options, credential: caller, signal });
    seriesJobs.forget(form.kind, form.couponSeriesId);
    return result;
  } finally {
    file.release();
  }
}
