import { GatewayError } from '../errors.ts';
import type { TellBoundary } from './boundary-search.ts';

/**
 * Reads for busboy what stands behind a boundary: blanks may, up to the end of the line (RFC 2046, 5.1.1, "transport
 * padding"), which it does not know. A line that goes on in another way it would take for the end of a file, and drop what
 * follows: that is refused, since the file could not be told from a whole one. Behind the last boundary nothing is looked
 * at.
 */
export function checkBoundaryLines(tell: TellBoundary, refuse: (reason: GatewayError) => void): TellBoundary {
  /** What has come behind the last boundary, all blanks as one, until its line is understood. */
  let behind: string | undefined;
  let isOver = false;

  function stop(): void {
    isOver = true;
    const message =
      'Behind a boundary belongs its line end, CR LF, or the two dashes of the last one. Choose a boundary that begins no line of a file.';
    refuse(new GatewayError('BAD_REQUEST', message));
  }

  return (isMatch, data, start, end, isDataSafe) => {
    let from = start;
    while (!isOver && behind !== undefined && data && from < end) {
      behind = (behind + String.fromCharCode(data[from] as number)).replace(/^[ \t]+/, ' ');
      from += 1;
      if (/^(--| ?\r\n)$/.test(behind)) {
        tell(false, Buffer.from(behind.slice(-2)), 0, 2, true);
        isOver = behind === '--';
        behind = undefined;
      } else if (!/^(-| ?\r?)$/.test(behind)) stop();
    }
    // The line end of an empty part is taken for the one before the next boundary.
    if (isMatch && !isOver && /[-\r]/.test(behind ?? '')) stop();
    if (isOver) return;
    if (isMatch) behind = '';
    tell(isMatch, data, from, end, isDataSafe);
  };
}
