import type { CustomerIdentifier } from './row-errors.ts';

/** True when the customer in `bytes[start, end)` exists. */
export type CustomerCheck = (bytes: Buffer, start: number, end: number) => boolean;

/** Decides by the trimmed cell whether a customer exists. */
export type CustomerExists = (value: string, identifier: CustomerIdentifier) => boolean;

const U = 117;

/**
 * An empty cell is never a customer. Without `exists`, every other cell is one unless it contains `unknown`:
 * that default looks only at bytes, while `exists` costs a string for each row.
 */
export function createCustomerCheck(
  identifier: CustomerIdentifier,
  exists?: CustomerExists | undefined,
): CustomerCheck {
  if (exists !== undefined) {
    return (bytes, start, end) => end > start && exists(bytes.toString('utf8', start, end), identifier);
  }
  return (bytes, start, end) => {
    for (let i = start; i <= end - 7; i++) {
      if (bytes[i] === U && bytes.toString('latin1', i, i + 7) === 'unknown') return false;
    }
    return end > start;
  };
}
