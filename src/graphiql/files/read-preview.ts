import { type CsvPreview, csvPreview } from './csv-preview.ts';

/** Enough for a header and a few rows; the rest of a file of gigabytes stays on disk. */
const previewBytes = 64 * 1024;

/** Reads the start of a file. Rejects with `NotReadableError` when the file is gone or was changed. */
export async function readPreview(file: Blob): Promise<CsvPreview> {
  const isCut = file.size > previewBytes;
  const bytes = await file.slice(0, previewBytes).arrayBuffer();
  // If the cut is in the middle of a character, its first bytes say nothing about the encoding: `stream`
  // holds them back.
  return csvPreview(new TextDecoder().decode(bytes, { stream: isCut }), isCut);
}
