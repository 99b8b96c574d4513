import { type PollExchange, type PollSeat, unsharedTurn } from './poll-exchange.ts';

/** The exchange of a single process, which gets every turn. */
export function createLocalExchange(): PollExchange {
  const seat: PollSeat = {
    catchUp: async () => undefined,
    begin: async () => unsharedTurn,
    leave() {},
  };
  return { join: () => seat, state: () => 'alone' };
}
