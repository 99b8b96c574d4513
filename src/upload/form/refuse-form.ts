import type { Writable } from 'node:stream';

/** Ends a form with the reason, and hears of no more of its parts: the library would complain of those instead. */
export function refuseForm(form: Writable, reason: unknown): void {
  // The chunk with the refused part may hold more parts.
  form.removeAllListeners('field').removeAllListeners('file');
  form.destroy(reason as Error);
}
