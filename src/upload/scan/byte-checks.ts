import type { FileProblem } from './file-problem.ts';
import { sniffBytes, sniffFile } from './sniff-file.ts';
import { createUtf8Check } from './utf8-check.ts';
import { wholeFileProblems } from './whole-file-problems.ts';

/** Where the reader stands; faults are reported there. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Checks a stream of bytes. Each fault is fatal. */
export interface ByteChecks {
  /** How many bytes at the chunk's start may be read as text: all, or those before the first fault. */
  soundBytes(chunk: Buffer): number;
  /**
   * What is wrong with the bytes so far. To be asked after the sound ones were read, so that `position` is that
   * of the fault. A fault in the first few bytes is reported once these are complete, or at the `end`: they
   * may be the mark of another format.
   */
  fault(position: Position, end?: boolean): FileProblem | undefined;
}

/** The checks that look at bytes, not at rows: other formats, NUL, UTF-8 and the size. */
export function createByteChecks(maxFileBytes: number): ByteChecks {
  const utf8 = createUtf8Check();
  const head = Buffer.alloc(sniffBytes);
  let bytes = 0;
  let foreign: FileProblem | undefined;
  let found: 'nul' | 'encoding' | 'size' | undefined;

  function sniff(chunk: Buffer): void {
    if (bytes >= sniffBytes) return;
    const length = bytes + chunk.copy(head, bytes);
    foreign ??= sniffFile(head.subarray(0, length));
  }

  function findFault(chunk: Buffer): number {
    const allowed = bytes + chunk.length > maxFileBytes ? chunk.subarray(0, maxFileBytes - bytes) : chunk;
    const nul = allowed.indexOf(0);
    const text = nul < 0 ? allowed : allowed.subarray(0, nul);
    const sound = utf8.soundBytes(text);
    if (sound < text.length) found = 'encoding';
    else if (nul >= 0) found = 'nul';
    else if (allowed !== chunk) found = 'size';
    return sound;
  }

  return {
    soundBytes(chunk) {
      sniff(chunk);
      const sound = foreign === undefined && found === undefined ? findFault(chunk) : 0;
      bytes += chunk.length;
      return sound;
    },
    fault({ line, column }, end = false) {
      if (foreign !== undefined) return foreign;
      if (end && found === undefined && !utf8.complete) found = 'encoding';
      if (found === undefined || (bytes < sniffBytes && !end)) return undefined;
      if (found === 'nul') return wholeFileProblems.nulByte(line, column);
      if (found === 'encoding') return wholeFileProblems.notUtf8(line, column);
      return wholeFileProblems.tooLarge(maxFileBytes);
    },
  };
}
