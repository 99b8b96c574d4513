import { describe, expect, test } from 'vitest';
import { couponFile } from './support/coupon-file.ts';
import { ask, mobileInput, type UploadRequest, upload } from './support/graphql-client.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway } from './support/start-gateway.ts';

const jobFields = /* GraphQL */ `
  id kind jobId couponSeries { id } orgId status upstreamStatus outcome isTerminal createdAt updatedAt
  uploadedFileName uploadedFileUrl errorFileUrl successFileUrl totalUploadedCount actualRowCount errorCount
  acceptedCount uploadTableName audienceGroupId audienceGroupVersionId
`;

const resultFields = /* GraphQL */ `
  __typename
  ... on UploadAccepted { replayed jobs { ${jobFields} } file { name bytes sha256 } }
  ... on UploadError { message }
  ... on InvalidInputError { field }
`;

const uploadBatch = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
    result: uploadCouponBatch(file: $file, input: $input) { ${resultFields} }
  }
`;

const uploadRedeemed = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
    result: uploadRedeemedCoupons(file: $file, input: $input) { ${resultFields} }
  }
`;

const batchFile = 'mobile,coupon\n919999999991,CODE1\n919999999992,CODE2\n';
// Its columns 0 to 12 are all there, whichever the customer is in.
const wideFile = 'c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12\n0,1,2,3,4,5,6,7,8,9,10,11,12\n';
const redeemedFile =
  'redeemed date in millis,redeemed at,user id,coupon id,bill id,bill number,details\n' +
  '1603128622000,50015497,23599838,23456,1603128596000,B-1,first\n';
const redeemedInput = {
  couponSeriesId: '253234',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_ID',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
};

const batch = { query: uploadBatch, input: mobileInput, file: batchFile };
const redeemed = { query: uploadRedeemed, input: redeemedInput, file: redeemedFile };

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('Refused input', () => {
  const columns = redeemedInput.columns;
  const tagged = { couponSeriesId: '541854', customerIdentifier: 'EMAIL', customerIdentifierColumn: 0 };

  test.each<{ name: string; kind: UploadRequest; input: unknown; field: string; message: string }>([
    {
      name: 'a series id of letters',
      kind: batch,
      input: { ...tagged, couponSeriesId: 'spring' },
      field: 'couponSeriesId',
      message: 'positive whole number',
    },
    {
      name: 'the series 0',
      kind: batch,
      input: { ...tagged, couponSeriesId: '0' },
      field: 'couponSeriesId',
      message: 'positive whole number',
    },
    {
      name: 'a series id that would leave its path',
      kind: redeemed,
      input: { ...redeemedInput, couponSeriesId: '1/../2' },
      field: 'couponSeriesId',
      message: 'positive whole number',
    },
    {
      name: 'a series id that upstream has no room for',
      kind: redeemed,
      input: { ...redeemedInput, couponSeriesId: '9223372036854775808' },
      field: 'couponSeriesId',
      message: 'positive whole number',
    },
    {
      name: 'a series id with a sign',
      kind: redeemed,
      input: { ...redeemedInput, couponSeriesId: '-7' },
      field: 'couponSeriesId',
      message: 'positive whole number',
    },
    {
      name: 'no customer column beside EMAIL',
      kind: batch,
      input: { ...tagged, customerIdentifierColumn: null },
      field: 'customerIdentifierColumn',
      message: 'With EMAIL, give the column',
    },
    {
      name: 'a customer column beside NOT_TAGGED',
      kind: batch,
      input: { ...tagged, customerIdentifier: 'NOT_TAGGED' },
      field: 'customerIdentifierColumn',
      message: 'NOT_TAGGED',
    },
    {
      name: 'a negative customer column',
      kind: batch,
      input: { ...tagged, customerIdentifierColumn: -1 },
      field: 'customerIdentifierColumn',
      message: 'this is -1',
    },
    {
      name: 'a customer column that no file has',
      kind: batch,
      input: { ...tagged, customerIdentifierColumn: 2_000_000_000 },
      field: 'customerIdentifierColumn',
      message: 'this is 2000000000',
    },
    {
      name: 'a negative needed column',
      kind: redeemed,
      input: { ...redeemedInput, columns: { ...columns, redeemedAt: -3 } },
      field: 'columns.redeemedAt',
      message: 'this is -3',
    },
    {
      name: 'a negative optional column',
      kind: redeemed,
      input: { ...redeemedInput, columns: { ...columns, billId: -1 } },
      field: 'columns.billId',
      message: 'this is -1',
    },
    {
      name: 'two fields in one column',
      kind: redeemed,
      input: { ...redeemedInput, columns: { ...columns, billNumber: 2 } },
      field: 'columns.customerIdentifier',
      message: 'already taken by "billNumber"',
    },
    {
      name: 'customer and coupon in one column',
      kind: redeemed,
      input: { ...redeemedInput, columns: { ...columns, couponIdentifier: 2 } },
      field: 'columns.customerIdentifier',
      message: 'already taken by "couponIdentifier"',
    },
    {
      name: 'a note of a novel',
      kind: redeemed,
      input: { ...redeemedInput, details: 'n'.repeat(10_001) },
      field: 'details',
      message: '10000 characters',
    },
    ...['a\0b', 'escape \u001b[31m', 'half \ud83d of it'].map((details) => ({
      name: `the note ${JSON.stringify(details)}`,
      kind: redeemed,
      input: { ...redeemedInput, details },
      field: 'details',
      message: 'not text',
    })),
  ])('$name is told with its field, and nothing is uploaded', async ({ kind, input, field, message }) => {
    await using started = await startGateway();
    const { data } = await upload(started.url, { ...kind, input });
    expect(data.result).toEqual({
      __typename: 'InvalidInputError',
      field: `input.${field}`,
      message: expect.stringContaining(message),
    });
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test.each<{ name: string; kind: UploadRequest; input: unknown }>([
    {
      name: 'a missing needed column',
      kind: redeemed,
      input: { ...redeemedInput, columns: { ...columns, redeemedAt: undefined } },
    },
    { name: 'a column that is a text', kind: batch, input: { ...tagged, customerIdentifierColumn: '0' } },
    { name: 'a column between two', kind: batch, input: { ...tagged, customerIdentifierColumn: 0.5 } },
    {
      name: 'an identifier of another kind',
      kind: redeemed,
      input: { ...redeemedInput, customerIdentifier: 'NOT_TAGGED' },
    },
    { name: 'no input at all', kind: batch, input: null },
  ])('$name does not fit the schema, and nothing is uploaded', async ({ kind, input }) => {
    await using started = await startGateway();
    const { errors } = await upload(started.url, { ...kind, input });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test('releases a large file: the client hears the refusal, and its connection serves the next request', async () => {
    await using started = await startGateway();
    const { data } = await upload(started.url, {
      ...batch,
      file: couponFile(16 * 1024 * 1024),
      input: { ...mobileInput, couponSeriesId: 'spring' },
    });
    expect(data.result).toMatchObject({ __typename: 'InvalidInputError', field: 'input.couponSeriesId' });
    const next = await upload(started.url, batch);
    expect(next.data.result).toMatchObject({ __typename: 'UploadAccepted' });
  });
});

describe('A coupon batch', () => {
  test('arrives upstream byte for byte, and its job comes back whole', async () => {
    await using started = await startGateway();
    const { sandbox } = started;
    sandbox.jobs.hold();
    const { data, errors } = await upload(started.url, { ...batch, fileName: 'Spring sale.csv' });
    expect(errors).toBeUndefined();
    const [job] = sandbox.jobs.list();
    expect(data.result).toEqual({
      __typename: 'UploadAccepted',
      replayed: false,
      jobs: [
        {
          id: `COUPON_BATCH:541854:${job?.jobId}`,
          kind: 'COUPON_BATCH',
          jobId: String(job?.jobId),
          couponSeries: { id: '541854' },
          orgId: '100458',
          status: 'STARTED',
          upstreamStatus: 'STARTED',
          outcome: 'PENDING',
          isTerminal: false,
          createdAt: new Date(job?.createdMs ?? 0).toISOString(),
          updatedAt: isoTime,
          uploadedFileName: 'Spring sale.csv',
          uploadedFileUrl: job?.storedName,
          errorFileUrl: null,
          successFileUrl: null,
          totalUploadedCount: 0,
          actualRowCount: 0,
          errorCount: 0,
          acceptedCount: 0,
          uploadTableName: null,
          audienceGroupId: '0',
          audienceGroupVersionId: '0',
        },
      ],
      file: { name: 'Spring sale.csv', bytes: batchFile.length, sha256: sha256Of(batchFile) },
    });
    expect(sandbox.requests).toHaveLength(1);
    expect(sandbox.requests[0]).toMatchObject({
      call: 'uploadFile',
      couponSeriesId: '541854',
      token: 'sandbox-token',
      fields: { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
      fileName: expect.stringMatching(/^Spring sale\.k[0-9a-f]{24}\.csv$/),
      fileContentType: 'text/csv',
      fileBytes: batchFile.length,
      fileSha256: sha256Of(batchFile),
      complete: true,
      status: 200,
    });
  });

  test.each([
    { customerIdentifier: 'MOBILE', customerIdentifierColumn: 0 },
    { customerIdentifier: 'EMAIL', customerIdentifierColumn: 1 },
    { customerIdentifier: 'EXTERNAL_ID', customerIdentifierColumn: 7 },
    { customerIdentifier: 'USER_ID', customerIdentifierColumn: 12 },
    { customerIdentifier: 'NOT_TAGGED' },
    { customerIdentifier: 'NOT_TAGGED', customerIdentifierColumn: null },
  ])(
    'by $customerIdentifier in column $customerIdentifierColumn has those fields upstream',
    async (identifier) => {
      await using started = await startGateway();
      const input = { couponSeriesId: 541854, ...identifier };
      const { data } = await upload(started.url, { ...batch, input, file: wideFile });
      expect(data.result.__typename).toBe('UploadAccepted');
      const { customerIdentifier, customerIdentifierColumn: column } = identifier;
      expect(started.sandbox.requests[0]?.fields).toEqual({
        customerIdentifier,
        ...(column == null ? {} : { customerIdentifierColumn: String(column) }),
      });
    },
  );

  test.each([
    { name: 'none', options: null },
    { name: 'an empty object', options: {} },
    {
      name: 'the defaults',
      options: { idempotencyKey: null, dryRun: false, maxRowsPerJob: null, rowProblems: 'REPORT' },
    },
  ])('with $name as its options is uploaded once', async ({ options }) => {
    await using started = await startGateway();
    const { data } = await upload(started.url, { ...batch, input: { ...mobileInput, options } });
    expect(data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false, jobs: [{}] });
    expect(started.sandbox.requests).toHaveLength(1);
  });

  test('is found under its id afterwards, with the same name', async () => {
    await using started = await startGateway();
    const { data } = await upload(started.url, batch);
    const [{ id, uploadedFileName }] = data.result.jobs;
    started.sandbox.jobs.finish(Number(id.split(':')[2]));
    const query = `query ($id: ID!) { uploadJob(id: $id) { ${jobFields} } }`;
    const found = await ask(started.url, query, { variables: { id } });
    expect(found.data.uploadJob).toMatchObject({
      id,
      uploadedFileName,
      status: 'FINISHED',
      outcome: 'SUCCEEDED',
      isTerminal: true,
      totalUploadedCount: 2,
      acceptedCount: 2,
      uploadTableName: expect.stringMatching(/^temp_100458_/),
    });
  });

  test('of 64 MiB streams through, and the report tells its size and hash', async () => {
    await using started = await startGateway({ sandbox: { checkRows: false } });
    const file = couponFile(64 * 1024 * 1024);
    const { data } = await upload(started.url, { ...batch, file, fileName: 'big.csv' });
    expect(data.result).toMatchObject({
      __typename: 'UploadAccepted',
      file: { name: 'big.csv', bytes: file.length, sha256: sha256Of(file) },
    });
    expect(started.sandbox.requests[0]).toMatchObject({
      fileBytes: file.length,
      fileSha256: sha256Of(file),
      complete: true,
    });
  });

  test.each([
    {
      name: 'quotes, line ends and a boundary look-alike',
      file: 'mobile,coupon\r\n"91,9",A\r\n--capillary-upload-0\r\n',
    },
    { name: 'no line end at its end', file: 'mobile,coupon\n919999999999,A' },
    { name: 'a byte order mark', file: '\ufeffmobile,coupon\n919999999999,A\n' },
    { name: 'text outside ASCII', file: 'mobile,coupon\n919999999999,ПОДАРОК-🎁\n' },
  ])('with $name arrives unchanged', async ({ file }) => {
    await using started = await startGateway();
    const { data } = await upload(started.url, { ...batch, file });
    expect(data.result.file).toMatchObject({ bytes: Buffer.byteLength(file), sha256: sha256Of(file) });
    expect(started.sandbox.requests[0]?.fileSha256).toBe(sha256Of(file));
  });
});

describe('Redeemed coupons', () => {
  test('arrive upstream byte for byte, with every field, and the job comes back whole', async () => {
    await using started = await startGateway();
    const { sandbox } = started;
    sandbox.jobs.hold();
    const columns = { ...redeemedInput.columns, billId: 4, billNumber: 5, details: 6 };
    const input = { ...redeemedInput, columns, details: 'June, "tills" 1–4\nsecond line' };
    const { data, errors } = await upload(started.url, { ...redeemed, input, fileName: 'redeemed.csv' });
    expect(errors).toBeUndefined();
    const [job] = sandbox.jobs.list();
    expect(data.result).toEqual({
      __typename: 'UploadAccepted',
      replayed: false,
      jobs: [
        {
          id: `REDEEMED_COUPONS:253234:${job?.jobId}`,
          kind: 'REDEEMED_COUPONS',
          jobId: String(job?.jobId),
          couponSeries: { id: '253234' },
          orgId: '100458',
          status: 'QUEUED',
          upstreamStatus: 'QUEUED',
          outcome: 'PENDING',
          isTerminal: false,
          createdAt: isoTime,
          updatedAt: isoTime,
          uploadedFileName: 'redeemed.csv',
          uploadedFileUrl: job?.storedName,
          errorFileUrl: null,
          successFileUrl: null,
          totalUploadedCount: 0,
          actualRowCount: 0,
          errorCount: 0,
          acceptedCount: 0,
          uploadTableName: null,
          audienceGroupId: null,
          audienceGroupVersionId: null,
        },
      ],
      file: { name: 'redeemed.csv', bytes: redeemedFile.length, sha256: sha256Of(redeemedFile) },
    });
    expect(sandbox.requests).toHaveLength(1);
    const { fields, ...request } = sandbox.requests[0] ?? { fields: {} };
    expect(request).toMatchObject({
      call: 'redeemFile',
      couponSeriesId: '253234',
      fileName: expect.stringMatching(/^redeemed\.k[0-9a-f]{24}\.csv$/),
      fileSha256: sha256Of(redeemedFile),
      complete: true,
    });
    const { uploadHeaders, ...texts } = fields as Record<string, string>;
    expect(texts).toEqual({
      customerIdentifier: 'USER_ID',
      couponIdentifier: 'COUPON_ID',
      Details: 'June, "tills" 1–4\nsecond line',
    });
    expect(JSON.parse(uploadHeaders ?? '')).toEqual({
      redeemedDateInMillis: 0,
      redeemedAt: 1,
      userId: 2,
      couponId: 3,
      billId: 4,
      billNumber: 5,
      details: 6,
    });
  });

  test.each([
    { customerIdentifier: 'MOBILE', couponIdentifier: 'COUPON_CODE', keys: { mobile: 2, couponCode: 3 } },
    { customerIdentifier: 'EMAIL', couponIdentifier: 'COUPON_CODE', keys: { email: 2, couponCode: 3 } },
    {
      customerIdentifier: 'EXTERNAL_ID',
      couponIdentifier: 'COUPON_ID',
      keys: { externalId: 2, couponId: 3 },
    },
    { customerIdentifier: 'USER_ID', couponIdentifier: 'COUPON_CODE', keys: { userId: 2, couponCode: 3 } },
  ])('by $customerIdentifier and $couponIdentifier have the keys $keys', async ({ keys, ...identifiers }) => {
    await using started = await startGateway();
    const columns = { ...redeemedInput.columns, billId: null };
    const { data } = await upload(started.url, {
      ...redeemed,
      input: { ...redeemedInput, ...identifiers, columns, details: null },
    });
    expect(data.result.__typename).toBe('UploadAccepted');
    const { uploadHeaders, ...texts } = started.sandbox.requests[0]?.fields ?? {};
    expect(texts).toEqual(identifiers);
    expect(JSON.parse(uploadHeaders ?? '')).toEqual({ redeemedDateInMillis: 0, redeemedAt: 1, ...keys });
  });
});

describe('A file name', () => {
  test.each([
    { given: 'coupons.csv', shown: 'coupons.csv' },
    { given: 'COUPONS.CSV', shown: 'COUPONS.CSV' },
    { given: 'coupons', shown: 'coupons' },
    { given: 'coupons.csv.txt', shown: 'coupons.csv.txt' },
    { given: 'week 23, final (2).csv', shown: 'week 23, final (2).csv' },
    { given: 'Gutscheine Köln – 夏.csv', shown: 'Gutscheine Köln – 夏.csv' },
    { given: 'export_1717651325326_541854.csv', shown: 'export_1717651325326_541854.csv' },
    { given: '.csv', shown: '.csv' },
    { given: 'C:\\fakepath\\coupons.csv', shown: 'coupons.csv' },
    { given: '../../etc/coupons.csv', shown: 'coupons.csv' },
  ])(
    '$given comes back as $shown for both kinds, in the answer and in the list',
    async ({ given, shown }) => {
      await using started = await startGateway();
      for (const kind of [batch, redeemed]) {
        const { data } = await upload(started.url, { ...kind, fileName: given });
        const { jobs, file } = data.result;
        expect(file.name).toBe(shown);
        expect(jobs[0].uploadedFileName).toBe(shown);
        const query = `{ uploadJob(id: "${jobs[0].id}") { uploadedFileName } }`;
        const found = await ask(started.url, query);
        expect(found.data.uploadJob.uploadedFileName).toBe(shown);
      }
      for (const { fileName } of started.sandbox.requests.filter(({ method }) => method === 'POST')) {
        expect(fileName).toMatch(/\.[kx][0-9a-f]{24}\.csv$/i);
      }
    },
  );

  test('is never the same upstream for two uploads', async () => {
    await using started = await startGateway();
    await upload(started.url, batch);
    await upload(started.url, batch);
    const names = started.sandbox.requests.map(({ fileName }) => fileName);
    expect(new Set(names).size).toBe(2);
  });
});
