import { describe, expect, test } from 'vitest';
import type { LoggedRequest } from '../src/sandbox/requests/logged-request.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { ask, mobileInput, token, upload } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { addJob, readMetric } from './support/subscription-clients.ts';

const idempotencyKey = 'drain-end-key';
const shuttingDown = { status: 503, code: 'SHUTTING_DOWN' };
const quickPolls = {
  POLL_MIN_INTERVAL_MS: '10',
  POLL_MAX_INTERVAL_MS: '10',
  POLL_BUDGET_PER_MINUTE: '1000000',
};
const readJobs = '{ couponSeries(id: "1") { uploadJobs { totalCount } } }';

function formOf(bytes: number, options: object = {}) {
  const variables = { file: null, input: { ...mobileInput, options } };
  return encodeForm([operationsPart(variables), mapPart(), filePart(couponFile(bytes))]);
}

/** A client that sends so many bytes of its form, and goes on with none. */
async function sendPart({ url }: TestGateway, form: Buffer, bytes = form.length / 2) {
  const client = await openConnection(url);
  await client.write(postHead({ 'content-length': form.length }));
  await client.write(form.subarray(0, bytes));
  return client;
}

describe('What the end of the drain cuts off is told so', () => {
  test('in the middle of a file, of which upstream has no end', async () => {
    await using started = await startGateway();
    const upstream = started.sandbox.nextRequest('uploadFile');
    using client = await sendPart(started, formOf(512 * 1024));
    await started.sandbox.received(1);
    const closed = started.gateway.close(0);
    expect(readGraphQL(await client.answer())).toMatchObject(shuttingDown);
    expect(await (await upstream).done).toMatchObject({ complete: false, aborted: true });
    expect(started.sandbox.jobs.list()).toEqual([]);
    await closed;
  });

  test('in the middle of "operations"', async () => {
    await using started = await startGateway();
    using client = await sendPart(started, formOf(1_000), 200);
    // Nothing else tells that the gateway has begun to read it.
    const taken = () => readMetric(started.url, 'gateway_upload_places_taken');
    await eventually(async () => expect(await taken()).toBe(1));
    const closed = started.gateway.close(0);
    expect(readGraphQL(await client.answer())).toMatchObject(shuttingDown);
    await closed;
    expect(started.sandbox.requests).toEqual([]);
  });

  test('in the middle of a split file, with the jobs that are made and the key to go on with', async () => {
    await using started = await startGateway();
    const { sandbox } = started;
    const isUpload = ({ call }: LoggedRequest) => call === 'uploadFile';
    // Of the half that comes the first job has the most, so that the second is never whole.
    const form = formOf(512 * 1024, { maxRowsPerJob: 200, idempotencyKey });
    using client = await sendPart(started, form);
    const match = (request: LoggedRequest) =>
      isUpload(request) && request !== sandbox.requests.find(isUpload);
    await sandbox.received(1, { match });
    const closed = started.gateway.close(0);
    const answer = readGraphQL(await client.answer());
    expect(answer).toMatchObject(shuttingDown);
    expect(answer.errors[0].extensions).toMatchObject({
      idempotencyKey,
      jobs: ['COUPON_BATCH:541854:222696'],
    });
    await closed;
  });

  test('while a query waits for upstream', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'any', fault: { kind: 'hang', at: 'after' } });
    const answer = ask(started.url, readJobs);
    await started.sandbox.started('getUploadStatus');
    const closed = started.gateway.close(0);
    expect(await answer).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'SHUTTING_DOWN' } }],
    });
    await closed;
  });

  test('while a query waits for upstream that has data beside it, which is a 200', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'any', fault: { kind: 'hang', at: 'after' } });
    const answer = ask(started.url, '{ __typename uploadJob(id: "COUPON_BATCH:1:1") { id } }');
    await started.sandbox.started('getUploadStatus');
    const closed = started.gateway.close(0);
    expect(await answer).toMatchObject({
      status: 200,
      data: { __typename: 'Query', uploadJob: null },
      errors: [{ extensions: { code: 'SHUTTING_DOWN' } }],
    });
    await closed;
  });
});

describe('What the end of the drain cuts off when upstream has the whole file', () => {
  const unknown = { __typename: 'UploadOutcomeUnknownError', idempotencyKey };
  const input = { ...mobileInput, options: { idempotencyKey } };

  test('is not told to have failed: its outcome is unknown, and a repeat with the key finds the job', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after', job: true } });
    const answer = upload(started.url, { input });
    await eventually(() => expect(started.sandbox.jobs.list()).toHaveLength(1));
    await started.gateway.close(0);
    expect(await answer).toMatchObject({ status: 200, data: { uploadCouponBatch: unknown } });
    started.sandbox.faults.clear();
    await using other = await startGateway({ env: { COUPON_API_URL: started.sandbox.url } });
    const repeated = await upload(other.url, { input });
    expect(repeated.data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', replayed: true });
  });

  test('has an unknown outcome also while its job is looked for', async () => {
    await using started = await startGateway();
    const { sandbox } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: true } });
    void sandbox
      .nextRequest('uploadFile')
      .then(() => sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'hang', at: 'after' } }));
    const answer = upload(started.url, { input });
    await sandbox.nextRequest('uploadFile');
    await sandbox.started('getUploadStatus');
    await started.gateway.close(0);
    expect(await answer).toMatchObject({ status: 200, data: { uploadCouponBatch: unknown } });
  });
});

describe('The end of the drain is not held up', () => {
  test('by a client that sends on and on and reads nothing', async () => {
    await using started = await startGateway();
    using client = await sendPart(started, formOf(64 * 1024 * 1024), 1024 * 1024);
    await started.sandbox.received(1);
    const timer = setInterval(() => client.socket.write(Buffer.alloc(1024)), 10);
    const startMs = performance.now();
    await started.gateway.close(0).finally(() => clearInterval(timer));
    expect(performance.now() - startMs).toBeLessThan(4_000);
  });

  test.each([
    { name: 'by a client that does not read', behind: '' },
    {
      name: 'by a client that does not read, and waits to be upgraded',
      behind: requestHead('GET', '/healthz', { connection: 'Upgrade', upgrade: 'h2c' }),
    },
  ])('$name', async ({ behind }) => {
    await using started = await startGateway({ env: quickPolls });
    const { sandbox, url } = started;
    const { id, number } = await addJob(sandbox, { fileName: `${'x'.repeat(4_000)}.csv` });
    const fields = Array.from({ length: 99 }, (_, at) => `a${at}: uploadedFileName`).join(' ');
    const watch = `subscription { uploadJobUpdated(ids: ["${id}"]) { ${fields} } }`;
    const headers = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
    using client = await openConnection(url);
    await client.write(requestHead('GET', `/graphql?query=${encodeURIComponent(watch)}`, headers) + behind);
    // More than the system takes from the gateway, and keeps for the client.
    for (let step = 1; step <= 40; step += 1) {
      await sandbox.nextRequest('getUploadStatus');
      sandbox.jobs.setStatus(number, `STEP_${step}`);
    }
    const startMs = performance.now();
    await started.gateway.close(0);
    expect(performance.now() - startMs).toBeLessThan(4_000);
  });
});
