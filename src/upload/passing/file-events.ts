import { GatewayError } from '../../errors.ts';
import type { FileStream } from '../form/incoming-file.ts';

/** What happens to a file part. */
export interface FileEvents {
  onData(chunk: Buffer): void;
  /** The part is over. `formEnd` tells whether the form goes on properly behind it. */
  onEnd(): void;
  /** The part will never come to its end. */
  onCutOff(error: GatewayError): void;
}

/**
 * Listens to a file part, which does not flow before `resume`. Returns what ends that: the rest is then read
 * and dropped.
 */
export function listenToFile({ stream, formEnd }: FileStream, events: FileEvents): () => void {
  const { onData, onEnd } = events;

  /**
   * If the form broke, it says so, and why, within this turn of the event loop: it may be something that
   * sending again does not cure.
   */
  function onBreak(): void {
    formEnd.catch((reason: unknown) => events.onCutOff(whyCutOff(reason)));
    setImmediate(() => events.onCutOff(whyCutOff(undefined)));
  }

  function onClose(): void {
    if (!stream.readableEnded) onBreak();
  }

  stream.pause();
  stream.on('data', onData).once('end', onEnd).once('error', onBreak).once('close', onClose);
  if (stream.destroyed) onBreak();

  return () => {
    stream.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onClose);
    stream.on('error', () => {});
    stream.resume();
  };
}

/**
 * The error that tells the sender why a form broke within or behind a file: `TRUNCATED` unless the form
 * itself says more.
 */
export function whyCutOff(reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError('TRUNCATED', 'The request ended before the file did. Send the file again.');
}
