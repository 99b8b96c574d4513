import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgressInit } from '../../examples/clients/fetch-with-progress.ts';
import type { JobStateFragment, UploadCouponBatchInput } from '../../examples/clients/generated/graphql.ts';
import { createTokens, type Tokens } from '../../examples/clients/tokens.ts';
import type { RetryOptions, UploadResult } from '../../examples/clients/upload-with-retries.ts';
import { couponFile } from './coupon-file.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { token } from './graphql-client.ts';
import { startGateway, type TestGateway } from './start-gateway.ts';
import { startStubServer } from './stub-server.ts';

export interface UploadClient {
  upload(
    file: File,
    input: UploadCouponBatchInput,
    options?: RetryOptions & ProgressInit,
  ): Promise<UploadResult>;
  findJob(id: string): Promise<JobStateFragment | null | undefined>;
}

type CreateClient = (options: { readonly url: string; readonly tokens: Tokens }) => UploadClient;

export const good = new File(['mobile,coupon\n919999999999,CODE1\n918888888888,CODE2\n'], 'coupons.csv');
const notCsv = new File(['PK\u0003\u0004 a spreadsheet'], 'coupons.xlsx');

export const byMobile: UploadCouponBatchInput = {
  couponSeriesId: '541854',
  customerIdentifier: 'MOBILE',
  customerIdentifierColumn: 0,
};

/** Tokens that are taken from this list, the last one again and again; counts how often one was fetched. */
export function tokensOf(...list: readonly string[]) {
  let fetched = 0;
  const tokens = createTokens(async () => {
    fetched += 1;
    return list[Math.min(fetched, list.length) - 1] as string;
  });
  return { tokens, fetched: () => fetched };
}

/** What every client that uploads is held to, before a real gateway and its sandbox. */
export function describeUploads(name: string, create: CreateClient): void {
  describe(`${name}: an upload`, () => {
    let gateway: TestGateway;
    beforeEach(async () => {
      gateway = await startGateway();
    });
    afterEach(() => gateway[Symbol.asyncDispose]());
    const clientWith = (tokens: Tokens, url = gateway.url) => create({ url, tokens });
    const client = (url?: string) => clientWith(tokensOf(token).tokens, url);
    const uploads = () => gateway.sandbox.requests.filter(({ call }) => call === 'uploadFile');

    test('that a proxy refuses with a page of its own is thrown with its status, and not repeated', async () => {
      const headers = { 'content-type': 'text/html' };
      await using proxy = await startStubServer(() => ({ status: 413, headers, body: '<html>Too large' }));
      await expect(client(proxy.url).upload(good, byMobile)).rejects.toMatchObject({
        name: 'GatewayFailure',
        code: 'HTTP_413',
      });
      expect(proxy.requests).toHaveLength(1);
    });

    test('that upstream forbids is thrown with its code, and not repeated', async () => {
      gateway.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 403 } });
      await expect(client().upload(good, byMobile)).rejects.toMatchObject({
        name: 'GatewayFailure',
        code: 'FORBIDDEN',
      });
      expect(uploads()).toHaveLength(1);
    });

    test('that is cancelled is over upstream, too, and rejects with the reason', async () => {
      gateway.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'slow', bytesPerSecond: 20_000_000 } });
      const controller = new AbortController();
      const large = new File([couponFile(32 * 1024 * 1024)], 'large.csv');
      const uploading = client().upload(large, byMobile, { signal: controller.signal });
      const refused = expect(uploading).rejects.toThrow('The person went away.');
      const upload = await gateway.sandbox.received(1_000_000);
      controller.abort(new Error('The person went away.'));
      await refused;
      expect(await upload.done).toMatchObject({ complete: false, aborted: true });
      expect(uploads()).toHaveLength(1);
    });

    test('with a token that has expired is sent again with a new one', async () => {
      const { tokens, fetched } = tokensOf('expired', token);
      expect(await clientWith(tokens).upload(good, byMobile)).toMatchObject({ __typename: 'UploadAccepted' });
      expect(fetched()).toBe(2);
      expect(uploads().filter(({ complete, status }) => complete && status === 200)).toHaveLength(1);
    });

    test('with a token that is refused for good is given up', async () => {
      const { tokens, fetched } = tokensOf('wrong');
      await expect(clientWith(tokens).upload(good, byMobile)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
      expect(fetched()).toBe(2);
    });

    test('whose answer was lost is repeated under the same key, and finds the job that it had made', async () => {
      await using proxy = await startCuttingProxy(gateway.url);
      const result = await client(proxy.url).upload(good, byMobile, { pauseMs: 1 });
      expect(proxy.cut()).toBe(1);
      const [job] = gateway.sandbox.jobs.list();
      expect(result).toMatchObject({
        __typename: 'UploadAccepted',
        replayed: true,
        jobs: [{ id: `COUPON_BATCH:541854:${job?.jobId}` }],
      });
      expect(gateway.sandbox.jobs.list()).toHaveLength(1);
    });

    const members: Record<
      UploadResult['__typename'],
      { file?: File; input?: Partial<UploadCouponBatchInput>; prepare?: () => void; has: object }
    > = {
      UploadAccepted: {
        has: { replayed: false, jobs: [{ status: 'STARTED' }], file: { name: 'coupons.csv', rows: 2 } },
      },
      UploadChecked: { input: { options: { dryRun: true } }, has: { file: { rows: 2, problemCount: 0 } } },
      InvalidFileError: { file: notCsv, has: { problemCount: 1, problems: [{}], jobs: [] } },
      InvalidInputError: { input: { couponSeriesId: 'spring' }, has: { field: 'input.couponSeriesId' } },
      UpstreamRejectedError: {
        prepare: () => gateway.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'refused' } }),
        has: { requestId: expect.any(String) as string, jobs: [] },
      },
      UploadOutcomeUnknownError: {
        input: { options: { idempotencyKey: 'import-4711' } },
        prepare() {
          gateway.sandbox.faults.set({
            call: 'uploadFile',
            fault: { kind: 'reset', at: 'after', job: true },
          });
          gateway.sandbox.jobs.hideNew(99);
        },
        has: { idempotencyKey: 'import-4711', jobs: [] },
      },
    };
    test.each(Object.entries(members))('comes to %s', async (__typename, member) => {
      member.prepare?.();
      const input = { ...byMobile, ...member.input };
      const result = await client().upload(member.file ?? good, input, { attempts: 1 });
      expect(result).toMatchObject({ __typename, ...member.has });
    });

    test('makes a job that is found by its id', async () => {
      const { tokens } = tokensOf(token);
      const own = clientWith(tokens);
      const result = await own.upload(good, byMobile);
      if (result.__typename !== 'UploadAccepted') throw new Error(result.__typename);
      const [job] = result.jobs;
      gateway.sandbox.jobs.finish(Number(job?.id.split(':').at(-1)));
      expect(await own.findJob(job?.id ?? '')).toMatchObject({
        id: job?.id,
        uploadedFileName: 'coupons.csv',
      });
      expect(await own.findJob('COUPON_BATCH:541854:1')).toBeNull();
    });
  });
}
