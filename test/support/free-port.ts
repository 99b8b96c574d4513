import { createServer } from 'node:net';
import { listen } from './listen.ts';

/** A port of 127.0.0.1 that nobody listens at, for a program that cannot choose one itself. */
export async function freePort(): Promise<number> {
  await using probe = await listen(createServer());
  return probe.port;
}
