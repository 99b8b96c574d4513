import { describe, expect, test } from 'vitest';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { ask } from './support/graphql-client.ts';
import { makeJob, oneJob, statusCalls } from './support/job-queries.ts';
import { startGateway } from './support/start-gateway.ts';

describe.concurrent('A read that upstream fails', () => {
  test.each<{ name: string; fault: Fault; code: string; extensions?: object; calls: number }>([
    { name: '401', fault: { kind: 'status', status: 401 }, code: 'UNAUTHENTICATED', calls: 1 },
    { name: '498', fault: { kind: 'status', status: 498 }, code: 'UNAUTHENTICATED', calls: 1 },
    { name: '403', fault: { kind: 'status', status: 403 }, code: 'FORBIDDEN', calls: 1 },
    { name: '403/4000', fault: { kind: 'status', status: 403, code: 4000 }, code: 'FORBIDDEN', calls: 1 },
    {
      name: '400',
      fault: { kind: 'status', status: 400 },
      code: 'BAD_USER_INPUT',
      extensions: { upstreamStatus: 400, requestId: expect.any(String) },
      calls: 1,
    },
    { name: '500', fault: { kind: 'status', status: 500 }, code: 'UPSTREAM_UNAVAILABLE', calls: 1 },
    { name: 'an HTML 502', fault: { kind: 'status', status: 502 }, code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: '503/4001', fault: { kind: 'status', status: 503 }, code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: 'a reset', fault: { kind: 'reset', at: 'before' }, code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: '429', fault: { kind: 'status', status: 429 }, code: 'RATE_LIMITED', calls: 4 },
    {
      name: '429 for longer than anyone waits',
      fault: { kind: 'status', status: 429, retryAfter: 60 },
      code: 'RATE_LIMITED',
      extensions: { retryAfterSeconds: 60 },
      calls: 1,
    },
    {
      name: 'a page of HTML',
      fault: { kind: 'answer', status: 200, contentType: 'text/html', body: '<html>Log in</html>' },
      code: 'UPSTREAM_INVALID_RESPONSE',
      extensions: { upstreamStatus: 200, requestId: expect.any(String) },
      calls: 1,
    },
    { name: 'half a JSON', fault: { kind: 'malformed' }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'nothing', fault: { kind: 'empty' }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'no job list', fault: { kind: 'lacking' }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'no answer', fault: { kind: 'hang', at: 'before' }, code: 'UPSTREAM_TIMEOUT', calls: 2 },
    {
      name: 'a very late answer',
      fault: { kind: 'latency', ms: 60_000 },
      code: 'UPSTREAM_TIMEOUT',
      calls: 2,
    },
  ])('with $name is $code, after so many calls: $calls', async ({ fault, code, extensions, calls }) => {
    await using started = await startGateway({ env: { UPSTREAM_TIMEOUT_MS: '500' } });
    started.sandbox.faults.set({ call: 'getUploadStatus', fault });
    const variables = { id: 'COUPON_BATCH:541854:1' };
    const { status, data, errors } = await ask(started.url, oneJob, { variables });
    expect({ status, data }).toEqual({ status: 200, data: { uploadJob: null } });
    expect(errors).toMatchObject([{ path: ['uploadJob'], extensions: { code, ...extensions } }]);
    expect(statusCalls(started)).toHaveLength(calls);
    expect(started.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  test.each<{ name: string; fault: Fault }>([
    { name: '429', fault: { kind: 'status', status: 429 } },
    { name: '429 with Retry-After', fault: { kind: 'status', status: 429, retryAfter: 0 } },
    { name: '503', fault: { kind: 'status', status: 503 } },
    { name: '502', fault: { kind: 'status', status: 502 } },
    { name: 'a reset', fault: { kind: 'reset', at: 'before' } },
  ])('twice with $name and then no more is answered', async ({ fault }) => {
    await using started = await startGateway();
    const id = await makeJob(started);
    started.sandbox.faults.set({ call: 'getUploadStatus', fault, times: 2 });
    const { data, errors } = await ask(started.url, oneJob, { variables: { id } });
    expect(errors).toBeUndefined();
    expect(data.uploadJob.id).toBe(id);
    expect(statusCalls(started)).toHaveLength(3);
  });

  test('fails its own field only', async () => {
    await using started = await startGateway();
    const id = await makeJob(started);
    started.sandbox.faults.set({
      call: 'getUploadRedeemedCouponStatus',
      fault: { kind: 'status', status: 403 },
    });
    const query = `{ batch: uploadJob(id: "${id}") { id } redeemed: uploadJob(id: "REDEEMED_COUPONS:541854:1") { id } }`;
    const { data, errors } = await ask(started.url, query);
    expect(data).toEqual({ batch: { id }, redeemed: null });
    expect(errors).toMatchObject([{ path: ['redeemed'], extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('A client that goes away', () => {
  const fault: Fault = { kind: 'latency', ms: 60_000 };
  const variables = { id: 'COUPON_BATCH:541854:1' };

  test('takes its upstream read along', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'getUploadStatus', fault });
    const gone = new AbortController();
    const answer = ask(started.url, oneJob, { variables, signal: gone.signal });
    const request = await started.sandbox.started('getUploadStatus');
    gone.abort();
    await expect(answer).rejects.toThrow();
    expect((await request.done).aborted).toBe(true);
    expect(started.sandbox.openRequests()).toBe(0);
    expect(statusCalls(started)).toHaveLength(1);
    expect(started.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  test('leaves the read to the others who wait for it', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'latency', ms: 400 } });
    const gone = new AbortController();
    const first = ask(started.url, oneJob, { variables, signal: gone.signal });
    await started.sandbox.started('getUploadStatus');
    const second = ask(started.url, oneJob, { variables });
    // Answered on the same process after the second query was read: both share the call by now.
    await ask(started.url, '{ __typename }');
    gone.abort();
    await expect(first).rejects.toThrow();
    expect(await second).toEqual({ status: 200, data: { uploadJob: null } });
    expect(statusCalls(started)).toHaveLength(1);
  });
});
