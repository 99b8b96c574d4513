import { createStallWatch } from '../capillary/stall-watch.ts';
import { GatewayError } from '../errors.ts';
import type { FileStream } from './incoming-file.ts';

/** Of which file, and how patient. */
export interface ClientWatchOptions {
  readonly file: Pick<FileStream, 'onArrival'>;
  /** How long nothing may come while something is waited for. What follows a file may take four times as long in all. */
  readonly idleTimeoutMs: number;
  /** Called once, with `REQUEST_TIMEOUT`. */
  readonly onTooSlow: (error: GatewayError) => void;
}

/** Tells when the client that sends a file takes too long. */
export interface ClientWatch {
  /** We wait for the client. */
  begin(): void;
  /** The client waits for us. */
  end(): void;
  /** The file is over: what is waited for now is the form's end. */
  fileEnded(): void;
  /** No more checks; may be called twice. */
  close(): void;
}

/**
 * Every byte of the request counts, and not only those of the file: the last boundary comes byte by byte, too, where the
 * network is slow. It is no reason to wait for ever for a form that goes on after its file.
 */
export function createClientWatch({ file, idleTimeoutMs, onTooSlow }: ClientWatchOptions): ClientWatch {
  let isFileOver = false;
  const tooSlow = (message: string) => {
    close();
    onTooSlow(new GatewayError('REQUEST_TIMEOUT', message));
  };
  const silence = createStallWatch({
    timeoutMs: idleTimeoutMs,
    onStall() {
      const what = isFileOver ? 'The request did not end after its file' : 'No byte of the file arrived';
      tooSlow(`${what} for ${idleTimeoutMs} ms.`);
    },
  });
  const restMs = 4 * idleTimeoutMs;
  const rest = createStallWatch({
    timeoutMs: restMs,
    onStall: () => tooSlow(`The request did not end within ${restMs} ms of its file.`),
  });
  const stopListening = file.onArrival(silence.moved);

  function close(): void {
    silence.close();
    rest.close();
    stopListening();
  }

  return {
    begin: silence.begin,
    end: silence.end,
    fileEnded() {
      isFileOver = true;
      silence.begin();
      silence.moved();
      rest.begin();
    },
    close,
  };
}
