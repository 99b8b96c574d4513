import type { LoggedRequest } from '../../src/sandbox/requests/logged-request.ts';
import type { RawConnection } from '../support/raw-connection.ts';
import { answerWord } from './answer-word.ts';
import type { FaultStage } from './fault-stage.ts';
import { trickle } from './trickle.ts';

/** An upload with half of its file upstream. Disposing cuts its connection. */
export interface HalfSent extends Disposable {
  readonly upstream: LoggedRequest;
  readonly connection: RawConnection;
  answer(): Promise<string>;
  /** Sends a byte a second of the other half until this is done, or the connection takes no more. */
  trickleUntil<T>(done: Promise<T>): Promise<T>;
  /** Sends the other half and reads the answer. */
  rest(): Promise<string>;
}

/** Sends half of the file, by default to the gateway that stands now, and waits until upstream has some of it. */
export async function halfSent(stage: FaultStage, gateway = stage.gateway): Promise<HalfSent> {
  const connection = await stage.connect(gateway);
  let sent = stage.headBytes + (stage.file.length >> 1);
  const arrival = stage.arrived();
  await connection.write(stage.request.subarray(0, sent));
  const upstream = await arrival;
  const answer = () => answerWord(connection.answer());
  return {
    ...{ upstream, connection, answer },
    async trickleUntil(done) {
      const isDone = new AbortController();
      const end = () => isDone.abort();
      done.then(end, end);
      sent += await trickle(connection, stage.request.subarray(sent), isDone.signal);
      return done;
    },
    async rest() {
      await connection.write(stage.request.subarray(sent));
      return answer();
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}
