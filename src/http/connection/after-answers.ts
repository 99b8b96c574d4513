import type { Duplex } from 'node:stream';
import { unansweredOn } from './cap-pipelining.ts';

/**
 * Calls `next` when the requests that came by this socket before it was handed over with an upgrade have their answers:
 * at once if there are none, and also when the connection is gone. With the upgrade Node has stopped to tell those
 * answers what becomes of the socket, so they hear of it from here.
 */
export function afterAnswers(socket: Duplex, next: () => void): void {
  const answers = unansweredOn(socket);
  if (answers.size === 0) return void next();
  const tell = (event: string) => () => {
    [...answers].find((answer) => answer.socket)?.emit(event);
  };
  const listeners = { drain: tell('drain'), timeout: tell('timeout') };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  for (const answer of answers) {
    answer.once('close', () => {
      if (answers.size > 0) return;
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
      next();
    });
  }
}
