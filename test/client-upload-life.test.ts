import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobStateFragment } from '../examples/clients/generated/graphql.ts';
import { createSseClient } from '../examples/clients/graphql-sse.ts';
import type { NextStep } from '../examples/clients/next-step.ts';
import { createPlainClient } from '../examples/clients/plain-fetch.ts';
import { describeJob, uploadLife } from '../examples/clients/upload-life.ts';
import { token } from './support/graphql-client.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { fast } from './support/subscription-clients.ts';
import { byMobile, good, tokensOf } from './support/upload-scenarios.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway(fast);
  // Each job goes one step on when its state was shown.
  gateway.sandbox.jobs.hold();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const uploads = () => gateway.sandbox.requests.filter(({ call }) => call === 'uploadFile');

/** One visit of the page: a client, and a person who says yes or no. */
async function visit(
  file: File,
  { says = true, maxRowsPerJob }: { says?: boolean; maxRowsPerJob?: number } = {},
) {
  const shown: NextStep[] = [];
  const asked: NextStep[] = [];
  const states: JobStateFragment[] = [];
  const options = { url: gateway.url, tokens: tokensOf(token).tokens };
  const sse = createSseClient(options);
  const jobs = await uploadLife(
    file,
    { ...byMobile, ...(maxRowsPerJob && { options: { maxRowsPerJob } }) },
    {
      client: { upload: createPlainClient(options).upload, watch: sse.watch },
      signal: new AbortController().signal,
      page: {
        show: (step) => void shown.push(step),
        async confirm(step) {
          asked.push(step);
          return says;
        },
        showProgress() {},
        showJob(job) {
          states.push(job);
          gateway.sandbox.jobs.advance(Number(job.id.split(':').at(-1)));
        },
      },
    },
  );
  sse.close();
  return { jobs, shown, asked, states };
}

const faulty = new File(
  ['mobile,coupon\n919999999999,SAME\n918888888888,SAME\n917777777777,CODE3\n'],
  'faulty.csv',
  { lastModified: 1 },
);

describe('The life of an upload, as the guide tells it,', () => {
  test('is over when the file is wrong as a whole: nothing goes up', async () => {
    const { jobs, shown, asked } = await visit(new File(['mobile,coupon\n'], 'coupons.csv'));
    expect(jobs).toEqual([]);
    expect(asked).toEqual([]);
    expect(shown).toMatchObject([{ problems: [{}] }]);
    expect(uploads()).toEqual([]);
  });

  test('is over when the person does not want it after the check', async () => {
    const { jobs, asked } = await visit(faulty, { says: false });
    expect(jobs).toEqual([]);
    expect(asked).toMatchObject([{ problems: [{ line: 2 }, { line: 3 }] }]);
    expect(uploads()).toEqual([]);
  });

  test('tells what became of the rows, and where the rejected ones are listed', async () => {
    const { jobs, states } = await visit(faulty);
    expect(states.map(({ status }) => status)).toEqual(['STARTED', 'VALIDATED', 'COMMITTED', 'FINISHED']);
    const [job] = jobs;
    expect(job).toMatchObject({ status: 'FINISHED', outcome: 'PARTIALLY_REJECTED' });
    expect(describeJob(job as JobStateFragment)).toMatch(/^Rows in: 1, rejected: 2\. Error file: error_/);
  });

  test('watches all jobs of a split file to the end', async () => {
    const { jobs, shown } = await visit(good, { maxRowsPerJob: 1 });
    expect(shown).toMatchObject([{ watch: [expect.any(String), expect.any(String)] }]);
    expect(jobs.map(describeJob)).toEqual(['All rows are in: 1.', 'All rows are in: 1.']);
  });

  test('goes on after the page was loaded again: the file is not uploaded twice', async () => {
    await visit(good);
    const { shown } = await visit(good);
    expect(shown).toMatchObject([{ message: 'coupons.csv was uploaded before: 2 rows.' }]);
    expect(uploads()).toHaveLength(1);
  });
});
