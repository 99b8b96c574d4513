import { GatewayError } from '../errors.ts';
import type { FileStream } from './incoming-file.ts';

/** What may come of a file part. */
export interface FileEvents {
  onData(chunk: Buffer): void;
  /** The part is over. Whether the form goes on properly behind it, `formEnd` tells. */
  onEnd(): void;
  /** The part will not come to its end. */
  onCutOff(error: GatewayError): void;
}

/** Listens to a file part, which does not flow before `resume`. Returns what ends that: the rest then flows to nowhere. */
export function listenToFile({ stream, formEnd }: FileStream, events: FileEvents): () => void {
  const { onData, onEnd } = events;

  /** The form tells in this very turn why it broke, where it did: it may be something that sending again does not mend. */
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

/** Why a form broke within or behind a file, as its sender is told it: `TRUNCATED` unless the form itself says more. */
export function whyCutOff(reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError('TRUNCATED', 'The request ended before the file did. Send the file again.');
}
