import { createHash } from 'node:crypto';

/**
 * The gateway marks the name that it gives a file upstream, `<base>.<mark>[r<rows>.p<part>].csv`: upstream's
 * status list returns the name, and so is the record of what was uploaded under which key. The mark is `k`
 * where the user's name ended in `.csv`, and `x` where it did not, followed by the key. The redeemed list
 * appends its own `_<epoch ms>_<series>`.
 */
const marked =
  /^(?<base>.*)\.(?<mark>[kx])(?<key>[0-9a-f]{24})(?:r(?<maxRows>\d{1,10})\.p(?<part>\d{4,6}))?(?:_\d+_\d+)?(?<extension>\.csv)$/is;

// With the longest mark, and what the redeemed list appends, a name stays below the 255 bytes of a file name.
const maxBaseBytes = 160;

/** The parts of a name that the gateway gives a file. */
export interface KeyedFileName {
  /** The user's own file name. */
  readonly name: string;
  readonly key: string;
  /** Set where the file was split. */
  readonly part: FilePart | undefined;
}

/** Which part of a split file. It takes both fields: with parts of another size the same number means other rows. */
export interface FilePart {
  /** 1-based. */
  readonly number: number;
  /** `maxRowsPerJob` of the upload. */
  readonly maxRows: number;
}

/** The mark's key: 96 bits, made from the caller's idempotency key so that a repeat makes the same. */
export function fileKey(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 24);
}

/** The name under which upstream gets the file. `name` is what `cleanFileName` returned. */
export function keyedFileName({ name, key, part }: KeyedFileName): string {
  // Not `.CSV`: upstream's redeemed list writes `.csv` for every extension, so the user's would be lost.
  const [, base = name, extension] = /^(.*)(\.csv)$/s.exec(name) ?? [];
  const partMark = part ? `r${part.maxRows}.p${String(part.number).padStart(4, '0')}` : '';
  return `${clip(base)}.${extension ? 'k' : 'x'}${key}${partMark}${extension ?? '.csv'}`;
}

/** Reads a name from a status list; `undefined` for a file that did not come through the gateway. */
export function readKeyedFileName(uploadedFileName: string): KeyedFileName | undefined {
  const groups = marked.exec(uploadedFileName)?.groups;
  if (!groups) return undefined;
  const { base = '', mark, key = '', part, maxRows, extension = '' } = groups;
  return {
    name: withQuotes(mark?.toLowerCase() === 'k' ? base + extension : base),
    key: key.toLowerCase(),
    part: part === undefined ? undefined : { number: Number(part), maxRows: Number(maxRows) },
  };
}

/** A file name as the user knows it, whatever the gateway or upstream added. */
export function shownFileName(uploadedFileName: string): string {
  return readKeyedFileName(uploadedFileName)?.name ?? uploadedFileName;
}

/** Cleans a client's file name: no folders, no control characters, never empty. */
export function cleanFileName(name: string): string {
  const visible = withQuotes(name.toWellFormed()).replace(/%0[AD]|\p{Cc}/giu, '');
  // What was removed may have stood within another such code, which would now be read back as a quote.
  const plain = visible.replace(/%(?=0[AD]|22)/gi, '_');
  return plain.replace(/^.*[\\/]/s, '').trim() || 'upload.csv';
}

/** Browsers write a quote in a file name as `%22`, and so do we (WHATWG HTML, multipart/form-data encoding). */
function withQuotes(name: string): string {
  return name.replaceAll('%22', '"');
}

function clip(base: string): string {
  if (Buffer.byteLength(base) <= maxBaseBytes) return base;
  // A cut through a character leaves a replacement character, which is removed, too.
  return Buffer.from(base)
    .subarray(0, maxBaseBytes)
    .toString()
    .replace(/\ufffd+$/, '');
}
