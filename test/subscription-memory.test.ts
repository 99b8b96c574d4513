import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { token } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';
import { addJob, fast, watchJobs } from './support/subscription-clients.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const padding = 'x'.repeat(900_000);

test.each([
  { name: 'in a variable that nobody declared', payload: { variables: { padding } }, rest: {} },
  { name: 'in its extensions', payload: { extensions: { padding } }, rest: {} },
  { name: 'in its payload', payload: { padding }, rest: {} },
  { name: 'beside its payload', payload: {}, rest: { padding } },
])('A subscription keeps nothing of 900 kB that came $name', async ({ payload, rest }) => {
  await using started = await startGateway(fast);
  started.sandbox.jobs.hold();
  const { id } = await addJob(started.sandbox);
  const client = new WebSocket(started.url.replace('http', 'ws'), ['graphql-transport-ws']);
  await once(client, 'open');
  client.send(JSON.stringify({ type: 'connection_init', payload: { 'x-cap-api-oauth-token': token } }));
  await once(client, 'message');
  const variables = { ids: [id], ...payload.variables };
  const subscribe = async (from: number, to: number) => {
    for (let at = from; at < to; at += 1) {
      const message = { ...rest, id: String(at), type: 'subscribe' };
      client.send(JSON.stringify({ ...message, payload: { query: watchJobs, ...payload, variables } }));
      const [told] = await once(client, 'message');
      expect(JSON.parse(String(told))).toMatchObject({ id: String(at), type: 'next' });
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  // What is compiled, and pools that fill, come with the first ones.
  const before = await subscribe(0, 5);
  expect((await subscribe(5, 35)) - before).toBeLessThan(12e6);
  client.terminate();
});

test('A subscription over SSE keeps nothing of 900 kB in a variable that nobody declared', async () => {
  await using started = await startGateway(fast);
  started.sandbox.jobs.hold();
  const { id } = await addJob(started.sandbox);
  const body = JSON.stringify({ query: watchJobs, variables: { ids: [id], padding } });
  const headers = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
  const cut = new AbortController();
  const subscribe = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
      const { body: stream } = await fetch(started.url, { ...init, signal: cut.signal });
      let told = '';
      const reader = stream?.pipeThrough(new TextDecoderStream()).getReader();
      while (!told.includes('event: next')) told += (await reader?.read())?.value;
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await subscribe(5);
  expect((await subscribe(30)) - before).toBeLessThan(12e6);
  cut.abort();
});

test('An id of more than 1,024 characters closes the WebSocket with 4400', async () => {
  await using started = await startGateway();
  const client = new WebSocket(started.url.replace('http', 'ws'), ['graphql-transport-ws']);
  await once(client, 'open');
  client.send(JSON.stringify({ type: 'connection_init' }));
  await once(client, 'message');
  const ask = (id: string) =>
    client.send(JSON.stringify({ id, type: 'subscribe', payload: { query: '{ __typename }' } }));
  ask('x'.repeat(1_024));
  const [told] = await once(client, 'message');
  expect(JSON.parse(String(told))).toMatchObject({ id: 'x'.repeat(1_024), type: 'next' });
  const closed = once(client, 'close');
  ask('x'.repeat(1_025));
  expect((await closed)[0]).toBe(4400);
});
