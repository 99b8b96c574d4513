import { GatewayError } from '../../errors.ts';
import { createStallWatch } from '../../flow/stall-watch.ts';
import type { FileStream } from '../form/incoming-file.ts';

/** Which file is waited for, and how patiently. */
export interface ClientWatchOptions {
  readonly file: Pick<FileStream, 'onArrival'>;
  /** How long nothing may come while something is waited for. All that follows the file may take four times as long. */
  readonly idleTimeoutMs: number;
  /** Called once, with `REQUEST_TIMEOUT`. */
  readonly onTooSlow: (error: GatewayError) => void;
}

/** Reports a client that takes too long to send its file. */
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
 * Every byte of the request counts as progress, not only those of the file: the last boundary may come byte by byte,
 * too, where the network is slow. But a form that goes on after its file is not waited for without end.
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
