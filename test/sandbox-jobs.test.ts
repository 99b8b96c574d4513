import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import { get, paths, redeemedFields, upload } from './support/sandbox-upload.ts';

const at = Date.UTC(2024, 4, 27, 12, 6, 13, 638);
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox({ now: () => at });
  sandbox.jobs.hold();
});
afterEach(() => sandbox.close());

async function uploaded(file: string, path: string = paths.coupons): Promise<number> {
  const fields = path === paths.redeemed ? { fields: redeemedFields } : {};
  const { result } = (await upload(sandbox, { path, file, fileName: 'couponbatchupload.csv', ...fields }))
    .json;
  return (result.uploadJobStatuses ?? result.redeemUploadJobStatuses)[0].jobId;
}

async function listed(path: string = paths.couponJobs) {
  const { result } = (await get(sandbox, path)).json;
  return result.uploadJobStatuses ?? result.redeemUploadJobStatuses;
}

describe('jobs that tests ask for and that are not there', () => {
  test.each(['get', 'advance', 'finish', 'remove'] as const)('%s throws', (verb) => {
    expect(() => sandbox.jobs[verb](1)).toThrow(new RangeError('The sandbox has no job 1.'));
  });

  test('a removed job leaves the list', async () => {
    const jobId = await uploaded('h\na\n');
    sandbox.jobs.remove(jobId);
    expect(await listed()).toEqual([]);
  });

  test('an unknown series has no list, and takes no upload', async () => {
    const answers = [await get(sandbox, '/coupon/api/v1/upload/getUploadStatus/404404')];
    answers.push(await get(sandbox, '/coupon/api/v1/upload/getUploadStatus/x1'));
    answers.push(await upload(sandbox, { path: '/coupon/api/v1/upload/file/404404', file: 'h\na\n' }));
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({
        success: false,
        status: 404,
        message: 'invalid coupon_series_id for org id',
      });
    }
  });
});

test('a coupon job walks to FINISHED; rows show once validated, errors at the end', async () => {
  const jobId = await uploaded('h\na\na\n');
  const seen = [];
  for (let i = 0; i < 5; i++) {
    const [{ uploadStatus, totalUploadedCount, errorCount }] = await listed();
    seen.push([uploadStatus, totalUploadedCount, errorCount]);
    sandbox.jobs.advance(jobId);
  }
  expect(seen).toEqual([
    ['STARTED', 0, 0],
    ['VALIDATED', 2, 0],
    ['COMMITED', 2, 0],
    ['FINISHED', 2, 2],
    ['FINISHED', 2, 2],
  ]);
});

test('a finished coupon job has the documented shape, with whole seconds', async () => {
  const jobId = await uploaded('h\na\na\n');
  sandbox.jobs.finish(jobId);
  expect(await listed()).toEqual([
    {
      jobId,
      uploadStatus: 'FINISHED',
      createdOn: '1716811573000',
      updatedOn: '1716811573000',
      errorFileUrl: 'error_100458_5418542024_05_27_12_06_13',
      successFileUrl: null,
      uploadedFileUrl: 'couponbatchupload_1716811573638_541854.csv',
      totalUploadedCount: 2,
      actualRowCount: 2,
      errorCount: 2,
      uploadTableName: 'temp_100458_20240527_120613638',
      uploadedFileName: 'couponbatchupload.csv',
      audienceGroupId: 0,
      audienceGroupVersionId: 0,
    },
  ]);
});

test('a completed redeemed job has the documented shape, with the day only', async () => {
  const jobId = await uploaded('d,t,u,c\n1,2,3,4\nx,2,3,4\n', paths.redeemed);
  sandbox.jobs.advance(jobId);
  expect(await listed(paths.redeemedJobs)).toEqual([
    {
      jobId,
      uploadRedeemedCouponStatus: 'COMPLETED',
      createdOn: String(Date.UTC(2024, 4, 27)),
      updatedOn: String(Date.UTC(2024, 4, 27)),
      errorFileUrl: 'error_redemption_upload_100458_5418542024_05_27_12_06_13',
      successFileUrl: null,
      uploadedFileUrl: 'couponbatchupload_1716811573638_541854.csv',
      totalUploadedCount: 2,
      actualRowCount: 2,
      errorCount: 1,
      uploadTableName: 'temp_redemption_upload_100458_20240527_120613638',
      uploadedFileName: 'couponbatchupload_1716811573638_541854.csv',
    },
  ]);
});

test('a list holds all jobs of its series and kind, ascending, and nothing else', async () => {
  const ids = [await uploaded('h\na\n'), await uploaded('h\nb\n')];
  await uploaded('d,t,u,c\n1,2,3,4\n', paths.redeemed);
  await upload(sandbox, { path: '/coupon/api/v1/upload/file/7', file: 'h\nc\n' });
  expect((await listed()).map((job: { jobId: number }) => job.jobId)).toEqual(ids);
});

test('any status text can be set; one outside the walk stays, and holds up no other job', async () => {
  const first = await uploaded('h\na\n');
  const second = await uploaded('h\nb\n');
  sandbox.jobs.setStatus(first, 'SLEEPING');
  sandbox.jobs.advance(second);
  expect((await listed()).map((job: { uploadStatus: string }) => job.uploadStatus)).toEqual([
    'SLEEPING',
    'VALIDATED',
  ]);
  sandbox.jobs.finish(first);
  expect(sandbox.jobs.get(first).status).toBe('FINISHED');
});

test('hideNew leaves new jobs out of the next lists', async () => {
  sandbox.jobs.hideNew(2);
  await uploaded('h\na\n');
  sandbox.jobs.hideNew(0);
  await uploaded('h\nb\n');
  const lengths = [];
  for (let i = 0; i < 3; i++) lengths.push((await listed()).length);
  expect(lengths).toEqual([1, 1, 2]);
});

test('left alone, jobs walk by themselves, one an org at a time', async () => {
  const steps: string[] = [];
  await using quick = await createSandbox({ stepMs: 1 });
  quick.jobs.hold();
  await upload(quick, { file: 'h\na\n' });
  await upload(quick, { file: 'h\nb\n' });
  quick.jobs.release();
  let statuses: string[] = [];
  // Every look is an answered request: no sleeping, and no end but the walk's.
  while (!statuses.every((status) => status === 'FINISHED') || statuses.length === 0) {
    const { result } = (await get(quick, paths.couponJobs)).json;
    statuses = result.uploadJobStatuses.map((job: { uploadStatus: string }) => job.uploadStatus);
    steps.push(statuses.join(' '));
  }
  expect(steps.filter((step) => !/^FINISHED |^\w+ STARTED$/.test(step))).toEqual([]);
});
