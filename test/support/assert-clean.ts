import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { eventually } from './eventually.ts';
import { postJson, readGraphQL } from './raw-graphql.ts';

const startChannel = 'http.server.request.start';

/**
 * Holds a gateway against what every fault must leave behind: it answers, upstream has no request open, and no client's
 * socket is left but idle ones, which are closed here. Built-ins are as they were.
 */
export async function assertClean({ url, sandbox }: { url: string; sandbox: Sandbox }): Promise<void> {
  const server = await answeringServer(url);
  // What a path through a prototype would have changed.
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.prototype.hasOwnProperty.call).toBe(Function.prototype.call);
  await eventually(async () => {
    expect(sandbox.openRequests()).toBe(0);
    server.closeIdleConnections();
    expect(await connectionsOf(server)).toBe(0);
  });
}

/** Asks the gateway, and finds out which server of this process it was that answered. */
async function answeringServer(url: string): Promise<Server> {
  const port = Number(new URL(url).port);
  let found: Server | undefined;
  const onStart = (message: unknown) => {
    const { server, request } = message as { server: Server; request: IncomingMessage };
    if (request.socket.localPort === port) found = server;
  };
  subscribe(startChannel, onStart);
  try {
    const { status, data } = readGraphQL(await postJson(url, '{ __typename }'));
    expect({ status, data }).toEqual({ status: 200, data: { __typename: 'Query' } });
  } finally {
    unsubscribe(startChannel, onStart);
  }
  if (!found) throw new Error('No server of this process answered.');
  return found;
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
