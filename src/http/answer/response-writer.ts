import type { ServerResponse } from 'node:http';

type WriteBody = (res: ServerResponse) => void;

const writers = new WeakMap<Response, WriteBody>();

/** Leaves the body of a response to `write`, which gets Node's response once its head is out. */
export function withWriter(response: Response, write: WriteBody): Response {
  writers.set(response, write);
  return response;
}

/** What writes the body of a response; `undefined`: the response has its body itself. */
export function writerOf(response: Response): WriteBody | undefined {
  return writers.get(response);
}
