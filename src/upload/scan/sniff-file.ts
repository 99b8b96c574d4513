import type { FileProblem } from './file-problem.ts';

/** No signature is longer. */
export const sniffBytes = 32;

const notText: readonly (readonly [signature: string, what: string])[] = [
  ['PK\x03\x04', 'an Excel workbook, an OpenDocument sheet or a zip archive'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an Excel workbook of the old format (.xls)'],
  ['\x1f\x8b', 'a gzip archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive'],
  ['\xfd7zXZ\x00', 'an xz archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'an RTF document'],
  ['\x89PNG\r\n\x1a\n', 'an image'],
  ['\xff\xd8\xff', 'an image'],
  ['SQLite format 3\x00', 'a database'],
];

// Upper or lower case, and perhaps after a byte order mark.
const markup = ['<!doctype html', '<html', '<?xml'];

/**
 * Recognises another format by the first bytes of a file (up to `sniffBytes`; fewer are fine). `undefined`
 * when they may be CSV. A spreadsheet's own format is by far the most usual case.
 */
export function sniffFile(head: Buffer): FileProblem | undefined {
  const text = head.toString('latin1', 0, sniffBytes);
  for (const [signature, what] of notText) {
    if (text.startsWith(signature)) {
      return notCsv(
        `The file is ${what}, not CSV. Open it in its program and save or export it as CSV (UTF-8).`,
      );
    }
  }
  const lower = text.toLowerCase().replace(/^\xef\xbb\xbf/, '');
  if (markup.some((start) => lower.startsWith(start))) {
    return notCsv(
      'The file is a web page or an XML document, not CSV. Export the table itself as CSV (UTF-8).',
    );
  }
  // Its mark, or every second byte NUL, as in UTF-16 of Latin letters.
  if (/^(\xff\xfe|\xfe\xff)/.test(text) || /^([^\0]\0){2}|^(\0[^\0]){2}/.test(text)) {
    return {
      code: 'INVALID_ENCODING',
      line: 1,
      message: 'The file is UTF-16 ("Unicode text"). Save it as CSV in UTF-8, in Excel "CSV UTF-8".',
    };
  }
  return undefined;
}

function notCsv(message: string): FileProblem {
  return { code: 'NOT_CSV', message };
}
