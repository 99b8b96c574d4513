import type { GatewayError } from '../../errors.ts';
import { badRequest } from './bad-request.ts';
import type { TellBoundary } from './boundary-search.ts';

const space = 0x20;
const tab = 0x09;
/** More padding is refused: RFC 2046 sets no limit, but a form must come to an end. */
const maxBlanks = 100_000;

/**
 * Reads the rest of a boundary's line for busboy. Blanks may stand there (RFC 2046, 5.1.1, "transport
 * padding"), which busboy does not know. A line that goes on in another way busboy would take for the end of
 * a file, and drop what follows: that is refused, since the file could not be told from a whole one. `onLast`
 * hears of the last boundary, behind which nothing is looked at.
 */
export function checkBoundaryLines(
  tell: TellBoundary,
  refuse: (reason: GatewayError) => void,
  onLast: () => void = () => {},
): TellBoundary {
  /** What has come behind the last boundary, without blanks, until its line is understood. */
  let behind: string | undefined;
  let blanks = 0;
  let isOver = false;

  function stop(message: string): void {
    isOver = true;
    refuse(badRequest(message));
  }

  /** Skips blanks. Returns the offset of the first byte that is none. */
  function passBlanks(data: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && (data[at] === space || data[at] === tab)) at += 1;
    blanks += at - from;
    if (blanks > maxBlanks) stop(`More than ${maxBlanks} blanks stand behind a boundary.`);
    return at;
  }

  function read(byte: number): void {
    behind += String.fromCharCode(byte);
    const isLast = behind === '--' && blanks === 0;
    if (isLast || behind === '\r\n') {
      tell(false, Buffer.from(behind as string), 0, 2, true);
      isOver = isLast;
      if (isLast) onLast();
      behind = undefined;
    } else if (behind !== '\r' && (behind !== '-' || blanks > 0)) stop(notTheEnd);
  }

  return (isMatch, data, start, end, isDataSafe) => {
    let from = start;
    while (!isOver && behind !== undefined && data && from < end) {
      if (behind === '') from = passBlanks(data, from, end);
      if (isOver || from === end) break;
      read(data[from] as number);
      from += 1;
    }
    // The line end of an empty part may be taken for the one before the next boundary.
    if (isMatch && !isOver && behind) stop(notTheEnd);
    if (isOver) return;
    if (isMatch) {
      behind = '';
      blanks = 0;
    }
    tell(isMatch, data, from, end, isDataSafe);
  };
}

const notTheEnd =
  'Behind a boundary belongs its line end, CR LF, or the two dashes of the last one. Choose a boundary that begins no line of a file.';
