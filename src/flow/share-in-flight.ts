import { onAbort } from './on-abort.ts';

/** Calls under way, which others can join. */
export interface ShareInFlight<T> {
  /** Calls `start` unless a call with an equal key is in flight, and resolves as that call does. */
  share(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** The call in flight may be older than what its next caller knows: that caller starts a new one. */
  outdate(key: string): void;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

/**
 * Lets callers that ask for the same thing at the same time share one call. A caller's abort rejects that
 * caller alone, with its own reason; when the last one has left, the call itself is aborted with the last
 * one's reason, and whoever comes later starts a new one. Nothing is kept after a call has settled.
 */
export function createShareInFlight<T>(): ShareInFlight<T> {
  const flights = new Map<string, Flight<T>>();

  return {
    async share(key, signal, start) {
      signal.throwIfAborted();
      const flight = flights.get(key) ?? launch(key, start);
      flight.callers += 1;
      return join(key, flight, signal);
    },
    outdate: (key) => void flights.delete(key),
  };

  function launch(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const result = new Promise<T>((resolve) => resolve(start(controller.signal))).finally(() =>
      land(key, flight),
    );
    const flight: Flight<T> = { result, controller, callers: 0 };
    flights.set(key, flight);
    return flight;
  }

  function join(key: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const stopListening = onAbort(signal, (reason) => {
        reject(reason);
        flight.callers -= 1;
        if (flight.callers > 0) return;
        // Out of the map first: an aborted call may take its time to settle, and nobody new may join it.
        land(key, flight);
        flight.controller.abort(reason);
      });
      flight.result.then(resolve, reject).finally(stopListening);
    });
  }

  function land(key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }
}
