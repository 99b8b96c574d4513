import { createTurns } from '../flow/round-pacer.ts';

const turns = new WeakMap<object, ReturnType<typeof createTurns>>();

/**
 * Lets each operation of a connection begin in a round of the event loop of its own, the first of them at once. What comes
 * in one piece would else begin in one round: a hundred documents that take long to be looked at, while everybody else waits.
 */
export async function takeTurn(socket: object): Promise<void> {
  const turn = turns.get(socket) ?? createTurns(1);
  turns.set(socket, turn);
  await turn();
}
