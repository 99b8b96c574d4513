import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { handleProtocols } from 'graphql-ws';
import { expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { speakGraphQLWS } from '../src/http/web-socket/speak-graphql-ws.ts';
import { eventually } from './support/eventually.ts';

const maxWaitingBytes = 200_000;
const messageBytes = 50_000;
// Far more than the system holds for a connection.
const messages = 800;

async function startSockets() {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols });
  await once(sockets, 'listening');
  const logged: unknown[] = [];
  const log = { error: (...line: unknown[]) => void logged.push(line) };
  const onConnect = vi.fn();
  speakGraphQLWS(sockets, { protocol: { onConnect }, keepAliveMs: 60_000, log, maxWaitingBytes });
  const { port } = sockets.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, ['graphql-transport-ws']);
  await once(client, 'open');
  const [server] = sockets.clients;
  if (!server) throw new Error('The socket is not there.');
  return {
    ...{ client, server, logged, onConnect },
    async [Symbol.asyncDispose]() {
      client.terminate();
      server.terminate();
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

test('Who asks on and on and takes no answer is not listened to until it does, and then gets them all', async () => {
  await using started = await startSockets();
  const { client, server, logged } = started;
  let heard = 0;
  client.on('message', () => {
    heard += 1;
  });
  client.pause();
  const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(messageBytes) } });
  for (let count = 0; count < messages; count += 1) client.send(ping);
  await eventually(() => expect(server.isPaused).toBe(true));
  expect(server.bufferedAmount).toBeLessThan(maxWaitingBytes + 2 * messageBytes);
  expect(client.bufferedAmount).toBeGreaterThan(maxWaitingBytes);
  client.resume();
  await eventually(() => expect(heard).toBe(messages));
  expect(server.isPaused).toBe(false);
  expect(logged).toEqual([]);
});

test('Who is gone while its answers wait leaves nothing', async () => {
  await using started = await startSockets();
  const { client, server, logged } = started;
  client.pause();
  const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(messageBytes) } });
  for (let count = 0; count < messages; count += 1) client.send(ping);
  await eventually(() => expect(server.isPaused).toBe(true));
  const closed = once(server, 'close');
  server.terminate();
  await closed;
  expect(logged).toEqual([]);
});

test('Who goes on talking after it was told that the connection is closed is not heard', async () => {
  await using started = await startSockets();
  const { client, server, onConnect } = started;
  // It does not even see that.
  client.pause();
  client.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: '{ __typename }' } }));
  await once(server, 'message');
  await eventually(() => expect(server.readyState).toBe(server.CLOSING));
  client.send(JSON.stringify({ type: 'connection_init' }));
  await once(server, 'message');
  expect(onConnect).not.toHaveBeenCalled();
});
