import { describe, expect, test } from 'vitest';
import { boundary, csv, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { postForm, readGraphQL } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';
import { wholeRequests } from './support/whole-requests.ts';

const gateway = useGateway();

/** An upload whose file part has these headers. */
async function send(headers: string) {
  const start = gateway.sandbox.requests.length;
  const file = `--${boundary}\r\n${headers}\r\n\r\n${csv}\r\n--${boundary}--\r\n`;
  const form = Buffer.concat([encodeForm([operationsPart(), mapPart()], '\r\n'), Buffer.from(file)]);
  const answer = readGraphQL(await postForm(gateway.url, form));
  return { ...answer, whole: await wholeRequests(gateway.sandbox, start) };
}

describe('A part whose Content-Disposition cannot be read is refused, and named as what is wrong', () => {
  test.each([
    ['no such header', 'Content-Type: text/csv'],
    ['nothing in it', 'Content-Disposition: '],
    ['another type', 'Content-Disposition: attachment; name="0"; filename="a.csv"'],
    ['no semicolon before a parameter', 'Content-Disposition: form-data name="0"; filename="a.csv"'],
    ['a quote that never ends', 'Content-Disposition: form-data; name="0"; filename="a.csv'],
    ['a quote in a quoted name', 'Content-Disposition: form-data; name="0"; filename="a"b.csv"'],
    ['a parameter without a value', 'Content-Disposition: form-data; name="0"; filename='],
    ['a parameter without an equals sign', 'Content-Disposition: form-data; name="0"; filename'],
    ['a semicolon at its end', 'Content-Disposition: form-data; name="0"; filename="a.csv";'],
    ['blanks in a bare name', 'Content-Disposition: form-data; name="0"; filename=a b.csv'],
  ])('%s', async (_, headers) => {
    const { status, code, message, whole } = await send(headers);
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_REQUEST' });
    expect(message).toMatch(/Content-Disposition/);
    expect(whole).toEqual([]);
  });

  test('without a quote of more than its beginning', async () => {
    const { message } = await send(`Content-Disposition: ${'x'.repeat(5_000)}`);
    expect(message.length).toBeLessThan(300);
  });
});

test.each([
  ['bare values', 'Content-Disposition: form-data; name=0; filename=a.csv'],
  ['blanks around parameters', 'content-disposition:   FORM-DATA ;\tname="0" ;  filename="a.csv"  '],
  ['escaped quotes', 'Content-Disposition: form-data; name="0"; filename="a \\"b\\" ;.csv"'],
  ['an extended name', 'Content-Disposition: form-data; name="0"; filename*=UTF-8\'en\'a%20b.csv'],
  ['a header that is folded', 'Content-Disposition: form-data;\r\n name="0"; filename="a.csv"'],
  ['a parameter that nobody knows', 'Content-Disposition: form-data; name="0"; filename="a.csv"; size=9'],
])('A part whose Content-Disposition has %s is read', async (_, headers) => {
  const { data } = await send(headers);
  expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
});

test('A part before the others whose header cannot be read is named, and not the part that it stands for', async () => {
  const operations = `--${boundary}\r\nContent-Disposition: form-data; name=operations"\r\n\r\n{}\r\n`;
  const form = Buffer.concat([Buffer.from(operations), encodeForm([mapPart(), filePart()])]);
  const answer = readGraphQL(await postForm(gateway.url, form));
  expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  expect(answer.message).toContain('form-data; name=operations');
});
