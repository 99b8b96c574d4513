import { mobileInput, uploadCouponBatch } from './graphql-client.ts';

export interface FormPart {
  readonly name: string;
  readonly value: string | Uint8Array;
  /** As it stands in the header, quotes and all. `undefined`: a text field. */
  readonly fileName?: string;
  /** Default `text/csv` with a file name. */
  readonly type?: string;
}

export const boundary = 'x-GatewayTests-7d1f3b';

/** Two good rows and two columns. */
export const csv = 'mobile,coupon\r\n919999999999,CODE1\r\n918888888888,CODE2\r\n';

export function operationsPart(
  variables: unknown = { file: null, input: mobileInput },
  query = uploadCouponBatch,
): FormPart {
  return { name: 'operations', value: JSON.stringify({ query, variables }) };
}

export function mapPart(map: unknown = { 0: ['variables.file'] }): FormPart {
  return { name: 'map', value: JSON.stringify(map) };
}

export function filePart(value: string | Uint8Array = csv, name = '0', fileName = 'coupons.csv'): FormPart {
  return { name, value, fileName };
}

/** The form as bytes, every part with the boundary before it. */
export function encodeForm(parts: readonly FormPart[], end = `\r\n--${boundary}--\r\n`): Buffer {
  const encoded = parts.flatMap(({ name, value, fileName, type }, index) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const mediaType = type ?? (fileName === undefined ? undefined : 'text/csv');
    const typeLine = mediaType === undefined ? '' : `Content-Type: ${mediaType}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${typeLine}\r\n`;
    return [Buffer.from(index === 0 ? head : `\r\n${head}`), Buffer.from(value)];
  });
  return Buffer.concat([...encoded, Buffer.from(end)]);
}
