import { FormData, fetch } from '@whatwg-node/fetch';

/**
 * Sends a file on to the REST call, as those do whose library hands them a `File`: `fetch` with a `FormData`, both of the
 * library's own kind, since Node's do not know its `File`. Resolves to what the operation asks for.
 * @param {string} couponApiUrl
 * @param {File} file
 * @param {{ couponSeriesId: string, customerIdentifier: string, customerIdentifierColumn?: number }} input
 */
export async function forwardFile(couponApiUrl, file, input) {
  const form = new FormData();
  form.set('customerIdentifier', input.customerIdentifier);
  form.set('customerIdentifierColumn', String(input.customerIdentifierColumn));
  form.set('file', file, file.name);
  const response = await fetch(`${couponApiUrl}/coupon/api/v1/upload/file/${input.couponSeriesId}`, {
    method: 'POST',
    headers: { 'x-cap-api-oauth-token': 'bench' },
    body: form,
  });
  const { result } = await response.json();
  return { jobs: result.uploadJobStatuses.map(({ jobId }) => ({ id: jobId })) };
}
