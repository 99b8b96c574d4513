import busboy from 'busboy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceBoundarySearch } from '../src/upload/form/replace-boundary-search.ts';

const boundary = 'abc';

/** What busboy makes of a form that comes in these chunks. */
async function contentOf(chunks: readonly Buffer[], isOurs: boolean): Promise<string> {
  const parser = busboy({ headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } });
  if (isOurs) replaceBoundarySearch(parser);
  parser.on('error', () => {});
  const content: Buffer[] = [];
  parser.on('file', (_name, stream) => stream.on('data', (chunk: Buffer) => content.push(chunk)));
  const end = new Promise((resolve, reject) => parser.once('close', resolve).once('error', reject));
  for (const chunk of chunks) parser.write(chunk);
  parser.end();
  await end;
  return Buffer.concat(content).toString('latin1');
}

test('busboy still has the fields that the search takes hold of', () => {
  const parser = busboy({ headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } });
  expect(replaceBoundarySearch(parser)).toBe(true);
});

test('a parser without those fields is left alone', () => {
  const parser = busboy({ headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  expect(replaceBoundarySearch(parser)).toBe(false);
});

test.each([15, 16, 17, 40])('%i lines that begin like a boundary hide none', async (count) => {
  const file = '--ab\r\n'.repeat(count);
  const form = `--abc\r\nContent-Disposition: form-data; name="0"; filename="a.csv"\r\n\r\n${file}\r\n--abc--\r\n`;
  expect(await contentOf([Buffer.from(form)], true)).toBe(file);
});

test('whatever stands in a file and wherever its chunks are cut, the parser finds what it found before', async () => {
  // Made of pieces of the delimiter, so that nearly every cut falls into something that looks like it.
  const piece = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '-',
    '--',
    '\r\n--',
    '\r\n--ab',
    'abc',
    'a',
    'row,1',
    '\r\n--abd',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.nat(200), { maxLength: 12 }),
      async (pieces, cuts) => {
        const file = pieces.join('');
        // Behind the header's own line end a file may not begin like a delimiter either.
        fc.pre(!`\r\n${file}`.includes('\r\n--abc'));
        const form = `--abc\r\nContent-Disposition: form-data; name="0"; filename="a.csv"\r\n\r\n${file}\r\n--abc--\r\n`;
        const places = [0, ...cuts.map((cut) => Math.min(cut, form.length)), form.length].toSorted(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((end, index) => Buffer.from(form.slice(places[index], end)));
        expect(await contentOf(chunks, true)).toBe(file);
        expect(await contentOf(chunks, true)).toBe(await contentOf(chunks, false));
      },
    ),
    { numRuns: 500 },
  );
});
