import { createRoundPacer } from '../../flow/round-pacer.ts';

const pacers = new WeakMap<object, ReturnType<typeof createRoundPacer>>();

/**
 * Resolves when the next operation of a connection may begin: each begins in a round of the event loop of its own, the
 * first one at once. Operations that come in one piece would otherwise all begin in one round: a hundred documents
 * that take long to parse, while everybody else waits.
 */
export async function paceConnection(socket: object): Promise<void> {
  const pace = pacers.get(socket) ?? createRoundPacer(1);
  pacers.set(socket, pace);
  await pace();
}
