import { describe, expect, test } from 'vitest';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { couponFile } from './support/coupon-file.ts';
import { mobileInput, upload } from './support/graphql-client.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

const input = { ...mobileInput, options: { idempotencyKey: 'monday-import-1' } };
/** More than fits into all the buffers on the way. */
const large = couponFile(8 * 1024 * 1024);
const small = 'mobile,coupon\n919999999991,A1\n';

const start = () => startGateway({ sandbox: { checkRows: false } });
const looks = ({ sandbox }: TestGateway) =>
  sandbox.requests.filter(({ call }) => call === 'getUploadStatus').length;

function send({ url, sandbox }: TestGateway, file: string | Buffer<ArrayBuffer>, fault?: Fault) {
  if (fault) sandbox.faults.set({ call: 'uploadFile', fault, times: 1 });
  return upload(url, { input, file });
}

/** Uploads the file again, and tells how often the list was looked at first. */
async function looksOfRepeat(started: TestGateway, file: string | Buffer<ArrayBuffer>): Promise<number> {
  const before = looks(started);
  const { data } = await send(started, file);
  expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
  expect(started.sandbox.jobs.list()).toHaveLength(1);
  return looks(started) - before;
}

/** The looks for a job that the list may show late. */
const allLooks = 4;

describe.concurrent('A repeat looks for a late job', () => {
  test.each<{ name: string; fault: Fault }>([
    { name: 'a 503 after the whole file', fault: { kind: 'status', status: 503 } },
    { name: 'a reset after the whole file', fault: { kind: 'reset', at: 'after' } },
    { name: 'a 408, which is no word of the service', fault: { kind: 'status', status: 408 } },
  ])('after $name', async ({ fault }) => {
    await using started = await start();
    await send(started, small, fault);
    expect(await looksOfRepeat(started, small)).toBe(allLooks);
  });

  test('after a try in doubt, also when the try between was refused', async () => {
    await using started = await start();
    await send(started, small, { kind: 'reset', at: 'after' });
    const between = await send(started, small, { kind: 'status', status: 429 });
    expect(between.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    expect(await looksOfRepeat(started, small)).toBe(allLooks);
  });

  test('after a try in doubt, also when the list could not be read in between', async () => {
    await using started = await start();
    await send(started, small, { kind: 'reset', at: 'after' });
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 403 }, times: 1 });
    expect((await send(started, small)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await looksOfRepeat(started, small)).toBe(allLooks);
  });
});

describe.concurrent('A repeat looks once', () => {
  test.each([401, 403, 413, 429, 500, 503])(
    'after a refusal with %i in the middle of the file, which Capillary never had whole',
    async (status) => {
      await using started = await start();
      const first = await send(started, large, { kind: 'status', status, when: 'early' });
      expect(first.data?.uploadCouponBatch.__typename ?? first.errors?.[0]?.extensions['code']).toMatch(
        /^(UNAUTHENTICATED|FORBIDDEN|UpstreamRejectedError|RATE_LIMITED|UPSTREAM_UNAVAILABLE)$/,
      );
      expect(await looksOfRepeat(started, large)).toBe(1);
    },
  );

  test('after a connection that broke in the middle of the file', async () => {
    await using started = await start();
    const first = await send(started, large, { kind: 'reset', at: 'middle' });
    expect(first.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(await looksOfRepeat(started, large)).toBe(1);
  });

  test.each([400, 401, 403, 404, 413, 429])('after a whole file that was refused with %i', async (status) => {
    await using started = await start();
    await send(started, small, { kind: 'status', status });
    expect(await looksOfRepeat(started, small)).toBe(1);
  });
});
