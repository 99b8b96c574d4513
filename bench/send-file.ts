import { request } from 'node:http';

export interface SendFile {
  readonly url: string;
  readonly bytes: number;
  readonly boundary: string;
  /** One variable, `$file`. Default: the gateway's mutation, which asks for the ids of the jobs. */
  readonly query?: string | undefined;
  /** Rejects with its reason. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

const uploadCouponBatch = (fields: string) =>
  'mutation ($file: Upload!) { uploadCouponBatch(file: $file, input: { couponSeriesId: "541854", ' +
  `customerIdentifier: MOBILE, customerIdentifierColumn: 0 }) { __typename ... on UploadAccepted { ${fields} } } }`;
const askJobs = uploadCouponBatch('jobs { id }');
/** As the default, and asks for the file's SHA-256, which is worked out for nobody else. */
export const askSha256 = uploadCouponBatch('jobs { id } file { sha256 }');

/**
 * One GraphQL multipart upload of generated rows, written as fast as they are taken. Resolves to the seconds it took; rejects
 * with the answer when that is no success.
 */
export async function sendFile({ url, bytes, boundary, query = askJobs, signal }: SendFile): Promise<number> {
  const fields = [
    ['operations', JSON.stringify({ query, variables: { file: null } })],
    ['map', '{"0":["variables.file"]}'],
  ].map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const opening = `${fields.join('')}--${boundary}\r\nContent-Disposition: form-data; name="0"; filename="bench.csv"\r\nContent-Type: text/csv\r\n\r\n`;
  const rows = createRows();
  const startedAt = performance.now();
  const answer = await new Promise<string>((resolve, reject) => {
    const req = request(url, {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'graphql-require-preflight': '1',
        'apollo-require-preflight': '1',
        'x-cap-api-oauth-token': 'bench',
      },
      signal,
    });
    // An early answer tells more than the broken connection that comes after it.
    let answered = false;
    req.on('error', (error) => {
      if (!answered || signal?.aborted) reject(signal?.reason ?? error);
    });
    req.on('response', (res) => {
      answered = true;
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      res.on('close', () => resolve(text));
    });
    req.write(opening);
    let left = bytes;
    const write = () => {
      while (left > 0) {
        const block = rows();
        const chunk = left < block.length ? block.subarray(0, left) : block;
        left -= chunk.length;
        if (!req.write(chunk)) {
          req.once('drain', write);
          return;
        }
      }
      req.end(`\r\n--${boundary}--\r\n`);
    };
    write();
  });
  if (!answer.includes('UploadAccepted') && !answer.includes('uploadJobStatuses'))
    throw new Error(answer.slice(0, 500) || 'an empty answer');
  return (performance.now() - startedAt) / 1000;
}

const rowLength = 60;
const rowsPerBlock = 1024;

/** Blocks of rows with no code twice. Only their block number differs, or the bench would measure its own client. */
function createRows(): () => Buffer {
  let text = '';
  for (let row = 0; row < rowsPerBlock; row += 1) {
    text += `9199${String(row).padStart(8, '0')},CODE-BLOCK000-${String(row).padStart(31, '0')}\r\n`;
  }
  const model = Buffer.from(text);
  let number = 0;
  return () => {
    const block = Buffer.from(model);
    const digits = Buffer.from((number++).toString(36).padStart(8, '0').toUpperCase());
    for (let at = 18; at < block.length; at += rowLength) block.set(digits, at);
    return block;
  };
}
