import { describe, expect, test } from 'vitest';
import { upload } from './support/graphql-client.ts';
import { csv, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { sha256Of } from './support/sha256-of.ts';
import { useForms } from './support/use-forms.ts';

const { gateway, send } = useForms();

describe('The file name', () => {
  const long = `${'ä'.repeat(2_500)}.csv`;

  test.each([
    { name: 'non-ASCII', sent: 'купоны – クーポン 🎟.csv', shown: 'купоны – クーポン 🎟.csv' },
    { name: 'folders up', sent: '../../etc/passwd.csv', shown: 'passwd.csv' },
    { name: 'a Windows path', sent: String.raw`C:\\Users\\me\\coupons.csv`, shown: 'coupons.csv' },
    { name: 'folders only', sent: '../', shown: 'upload.csv' },
    { name: 'a quote as browsers send it', sent: 'a%22b.csv', shown: 'a"b.csv' },
    { name: 'a quote as curl sends it', sent: String.raw`a\"b.csv`, shown: 'a"b.csv' },
    { name: 'line breaks as browsers send them', sent: 'a%0D%0Ab.csv', shown: 'ab.csv' },
    {
      name: 'another parameter',
      sent: 'a.csv; name=customerIdentifier',
      shown: 'a.csv; name=customerIdentifier',
    },
    { name: 'tabs', sent: 'a\tb.csv', shown: 'ab.csv' },
    { name: 'spaces around', sent: '  coupons.csv ', shown: 'coupons.csv' },
    { name: 'no extension', sent: 'coupons', shown: 'coupons' },
    { name: 'capitals', sent: 'COUPONS.CSV', shown: 'COUPONS.CSV' },
    { name: '2,500 letters of two bytes', sent: long, shown: long },
  ])('comes back as the user knows it, and upstream gets one sane part: $name', async ({ sent, shown }) => {
    const answer = await send([operationsPart(), mapPart(), filePart(csv, '0', sent)]);
    const { __typename, file, jobs } = answer.data.uploadCouponBatch;
    expect({ __typename, file }).toMatchObject({ __typename: 'UploadAccepted', file: { name: shown } });
    if (shown !== long) expect(jobs[0].uploadedFileName).toBe(shown);
    expect(answer.uploads).toMatchObject([
      {
        complete: true,
        fileSha256: sha256Of(csv),
        fields: { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
        // What upstream decodes is a plain name: nothing that a folder or a header could be made of, and of bounded length.
        fileName: expect.stringMatching(/^[^\p{Cc}"\\/]{1,240}\.(csv|CSV)$/u),
      },
    ]);
  });

  test('of FormData and fetch comes back, whatever it holds', async () => {
    const fileName = 'Ünïcode "quoted" \\ 100% 🎟.csv';
    const { data } = await upload(gateway.url, { fileName });
    expect(data.uploadCouponBatch.file.name).toBe(' 100% 🎟.csv'.trim());
  });

  test('may be empty where the part is a file all the same', async () => {
    const answer = await send([
      operationsPart(),
      mapPart(),
      { ...filePart(csv, '0', ''), type: 'application/octet-stream' },
    ]);
    expect(answer.data.uploadCouponBatch.file.name).toBe('upload.csv');
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('in RFC 5987 form is understood', async () => {
    const form = encodeForm([operationsPart(), mapPart(), filePart(csv, '0', '@')]).toString();
    const answer = await send(
      Buffer.from(form.replace('filename="@"', "filename*=UTF-8''%E2%82%AC%20rates.csv")),
    );
    expect(answer.data.uploadCouponBatch.file.name).toBe('€ rates.csv');
  });

  test.each([
    ['a raw line break and a header', 'a.csv"\r\nX-Injected: 1\r\n\r\nmobile\r\n'],
    ['20,000 letters', `${'a'.repeat(20_000)}.csv`],
  ])('that cannot be one never makes a second part upstream: %s', async (_, fileName) => {
    const answer = await send([operationsPart(), mapPart(), filePart(csv, '0', fileName)]);
    expect(answer.status).toBeLessThan(500);
    for (const { fileName: seen, fields } of answer.uploads) {
      expect(seen).not.toMatch(/\p{Cc}/u);
      expect(Object.keys(fields)).toEqual(['customerIdentifier', 'customerIdentifierColumn']);
    }
  });
});
