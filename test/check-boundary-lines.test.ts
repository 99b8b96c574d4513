import busboy from 'busboy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkBoundaryLines } from '../src/upload/form/check-boundary-lines.ts';
import { replaceBoundarySearch } from '../src/upload/form/replace-boundary-search.ts';

const boundary = 'abc';
const create = () => busboy({ headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } });

/** What the parser makes of a form that comes in these chunks; an error's message where it makes nothing of it. */
async function contentOf(chunks: readonly Buffer[]): Promise<string> {
  const parser = create();
  replaceBoundarySearch(parser, (tell) => checkBoundaryLines(tell, (reason) => void parser.destroy(reason)));
  const content: string[] = [];
  parser.on('field', (name, value) => content.push(`${name}=${value}`));
  parser.on('file', (name, stream) => {
    const at = content.push(`${name}:`) - 1;
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => (content[at] += chunk.toString('latin1')));
  });
  const end = new Promise<string>((resolve) => {
    parser.once('error', (error: Error) => resolve(error.message));
    parser.once('close', () => resolve(content.join('\n')));
  });
  for (const chunk of chunks) parser.write(chunk);
  parser.end();
  return await end;
}

function cut(form: string, places: readonly number[]): Buffer[] {
  const all = [0, ...places.map((place) => place % form.length), form.length].toSorted((a, b) => a - b);
  return all.slice(1).map((end, index) => Buffer.from(form.slice(all[index], end)));
}

const cuts = fc.array(fc.nat(), { maxLength: 40 });
const form = (behind: readonly string[], end = '--') =>
  `--abc${behind[0]}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n` +
  `--abc${behind[1]}\r\nContent-Disposition: form-data; name="b"; filename="b"\r\n\r\n2\r\n\r\n` +
  `--abc${end}`;

test('however a form is cut, a line that goes on behind its boundary is refused', async () => {
  const broken = fc.constantFrom('x', ' x', '-', '- ', '\r', '\r-', ' \r\t', ' -', ' --', '\n', '\0');
  await fc.assert(
    fc.asyncProperty(broken, fc.nat(2), cuts, async (text, place, places) => {
      const bytes = place === 2 ? form(['', ''], `${text}\r\n`) : form(place === 0 ? [text, ''] : ['', text]);
      expect(await contentOf(cut(bytes, places))).toContain('Behind a boundary belongs its line end');
    }),
    { numRuns: 500 },
  );
});

test('however a form is cut, blanks behind its boundaries and whatever follows it mean nothing', async () => {
  const blanks = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 20 });
  const epilogue = fc.constantFrom(
    '',
    '\r\n',
    ' \t\r\n',
    '\r\n--abc',
    '\r\n--abcx',
    'x',
    `\r\n${form(['', ''])}`,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(blanks, { minLength: 2 }), epilogue, cuts, async (behind, end, places) => {
      expect(await contentOf(cut(form(behind, `--${end}`), places))).toBe('a=1\nb:2\r\n');
    }),
    { numRuns: 500 },
  );
});
