import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import FormData from 'form-data';

/**
 * Sends a file on to the REST call while it comes in, as those do whose library hands them a stream: a form with the
 * stream in it, piped into a request. Resolves to what the operation asks for.
 * @param {string} couponApiUrl
 * @param {{ createReadStream(): import('node:stream').Readable, filename: string }} upload
 * @param {{ couponSeriesId: string, customerIdentifier: string, customerIdentifierColumn?: number }} input
 */
export async function forwardStream(couponApiUrl, { createReadStream, filename }, input) {
  const form = new FormData();
  form.append('customerIdentifier', input.customerIdentifier);
  form.append('customerIdentifierColumn', String(input.customerIdentifierColumn));
  form.append('file', createReadStream(), { filename, contentType: 'text/csv' });
  const req = request(`${couponApiUrl}/coupon/api/v1/upload/file/${input.couponSeriesId}`, {
    method: 'POST',
    headers: { ...form.getHeaders(), 'x-cap-api-oauth-token': 'bench' },
  });
  const answered = once(req, 'response');
  await pipeline(form, req);
  const [res] = await answered;
  const { result } = await json(res);
  return { jobs: result.uploadJobStatuses.map(({ jobId }) => ({ id: jobId })) };
}
