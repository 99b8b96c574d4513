import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createGateway, type Gateway } from '../src/gateway.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import { asksFor } from '../src/schema/asks-for.ts';
import { createInspector } from '../src/upload/inspection/create-inspector.ts';
import { mobileInput, upload } from './support/graphql-client.ts';
import { sha256Of } from './support/sha256-of.ts';

let sandbox: Sandbox;
let gateway: Gateway;
/** Whether the SHA-256 was worked out, of each file. */
const wanted: boolean[] = [];

beforeAll(async () => {
  sandbox = await createSandbox();
  const config = parseConfig({ PORT: '0', COUPON_API_URL: sandbox.url });
  gateway = await createGateway(config, pino({ level: 'silent' }), {
    openInspector(options) {
      const inspector = createInspector(options);
      return {
        ...inspector,
        open(plan, events) {
          wanted.push(plan.wantsSha256);
          return inspector.open(plan, events);
        },
      };
    },
  });
});
afterAll(async () => {
  await gateway.close(0);
  await sandbox.close();
});

const file = Buffer.from('mobile,coupon\n919999999999,A1\n');
const sha256 = sha256Of(file);
const mutation = (fields: string, more = '') => `
  mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
    result: uploadCouponBatch(file: $file, input: $input) { ... on UploadAccepted { ${fields} } }
  }
  ${more}
`;

describe('The SHA-256 of a file', () => {
  test.each([
    { name: 'asks for it', query: mutation('file { sha256 }'), told: { sha256 } },
    { name: 'asks for it by another name', query: mutation('file { sum: sha256 }'), told: { sum: sha256 } },
    {
      name: 'asks for it in fragments of fragments',
      query: mutation(
        '...A',
        'fragment A on UploadAccepted { file { ...B } } fragment B on FileReport { ... { sha256 } }',
      ),
      told: { sha256 },
    },
    {
      name: 'asks for it in a way that is decided later',
      query: mutation('file { sha256 @include(if: true) name @skip(if: true) }'),
      told: { sha256 },
    },
  ])('is worked out when the operation $name', async ({ query, told }) => {
    wanted.length = 0;
    const { data, errors } = await upload(gateway.url, { file, query, input: mobileInput });
    expect(errors).toBeUndefined();
    expect(data.result).toEqual({ file: told });
    expect(wanted).toEqual([true]);
  });

  test('is not worked out for an operation that does not ask for it', async () => {
    wanted.length = 0;
    const query = mutation('file { name bytes rows }');
    const { data } = await upload(gateway.url, { file, query, input: mobileInput });
    expect(data.result).toMatchObject({ file: { bytes: file.length, rows: 1 } });
    expect(wanted).toEqual([false]);
  });
});

test('Only the operation that is executed counts, with all fragments of its document', () => {
  const {
    definitions: [first, second, fragment],
  } = parse('query A { a } query B { b { sha256 } } fragment F on B { c { sha256 } }');
  const info = (operation: unknown, fragments: object) =>
    ({ operation, fragments }) as Parameters<typeof asksFor>[0];
  expect(asksFor(info(first, {}), 'sha256')).toBe(false);
  expect(asksFor(info(second, {}), 'sha256')).toBe(true);
  expect(asksFor(info(first, { F: fragment }), 'sha256')).toBe(true);
});
