import { on, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pino } from 'pino';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { passThroughCredential } from '../src/capillary/pass-through-credential.ts';
import { parseConfig } from '../src/config.ts';
import type { GatewayContext } from '../src/gateway-context.ts';
import { createWorkInHand } from '../src/http/connection/work-in-hand.ts';
import { createGraphQLHandler } from '../src/http/create-graphql-handler.ts';
import { createRequestListener } from '../src/http/create-request-listener.ts';
import { createPersistedDocuments } from '../src/http/document/persisted-documents.ts';
import { sendEvents } from '../src/http/event-stream/send-events.ts';
import { eventStream } from '../src/http/event-stream/stream-format.ts';
import type { GraphQLRequest } from '../src/http/request/server-context.ts';
import { createSendResponse } from '../src/http/send-response.ts';
import { serveWebSocket } from '../src/http/web-socket/serve-web-socket.ts';
import { createOperationRecords } from '../src/observe/operation-record.ts';
import { schema } from '../src/schema/schema.ts';
import { createUploadPlaces } from '../src/upload/upload-places.ts';
import { createWatcher } from '../src/watch/create-watcher.ts';
import { eventually } from './support/eventually.ts';
import { token } from './support/graphql-client.ts';
import { openConnection } from './support/raw-connection.ts';
import { requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { startStubServer } from './support/stub-server.ts';
import { addJob, fast, pollsOf, readMetric, watchJobs } from './support/subscription-clients.ts';
import { job } from './support/watch-upstream.ts';

let gateway: TestGateway;

beforeEach(async () => {
  const { env } = fast;
  gateway = await startGateway({ env: { ...env, CORS_ORIGINS: 'https://shop.example' } });
  gateway.sandbox.jobs.hold();
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** A socket that says exactly what it is told. */
async function openSocket(
  url = gateway.url,
  protocols: string[] = ['graphql-transport-ws'],
  options: ClientOptions = {},
) {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, options);
  const messages = on(socket, 'message');
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const say = (...all: object[]) => {
    for (const message of all) socket.send(JSON.stringify(message));
  };
  return {
    socket,
    closed,
    say,
    /** What is said meanwhile arrives in one piece: the server has read it all before it does any of it. */
    atOnce(talk: () => void) {
      const { _socket } = socket as unknown as { _socket: Socket };
      _socket.cork();
      talk();
      _socket.uncork();
    },
    async hear() {
      const { value } = await messages.next();
      return JSON.parse(String(value[0]));
    },
    async init() {
      say({ type: 'connection_init', payload: { 'x-cap-api-oauth-token': token } });
      expect(await this.hear()).toEqual({ type: 'connection_ack' });
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}

/** What `JSON.stringify` has no stack for. */
const deep = '['.repeat(100_000) + ']'.repeat(100_000);

const subscribe = (id: string, jobId: string, query = watchJobs) => ({
  ...{ id, type: 'subscribe' },
  payload: { query, variables: { ids: [jobId] } },
});
const status = (id: string, to: string) => ({
  ...{ id, type: 'next' },
  payload: { data: { uploadJobUpdated: expect.objectContaining({ status: to }) as object } },
});

describe('a WebSocket', () => {
  test('carries several operations: one that is refused does not touch the others', async () => {
    using client = await openSocket();
    await client.init();
    const { id, number } = await addJob(gateway.sandbox);
    client.say(subscribe('a', id), subscribe('b', id, 'subscription {'), subscribe('c', id, '{ nothing }'));
    const heard = [await client.hear(), await client.hear(), await client.hear()];
    expect(heard.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      status('a', 'STARTED'),
      {
        id: 'b',
        type: 'error',
        payload: [expect.objectContaining({ message: expect.any(String) as string })],
      },
      {
        id: 'c',
        type: 'error',
        payload: [expect.objectContaining({ message: expect.any(String) as string })],
      },
    ]);
    client.say(subscribe('b', id));
    expect(await client.hear()).toEqual(status('b', 'STARTED'));
    client.say({ id: 'b', type: 'complete' });
    gateway.sandbox.jobs.finish(number);
    expect([await client.hear(), await client.hear()]).toEqual([
      status('a', 'FINISHED'),
      { id: 'a', type: 'complete' },
    ]);
  });

  test('an id that is used again at once belongs to the new operation alone', async () => {
    using client = await openSocket();
    await client.init();
    const { id, number } = await addJob(gateway.sandbox);
    client.say(subscribe('a', id));
    expect(await client.hear()).toEqual(status('a', 'STARTED'));
    client.atOnce(() => client.say({ id: 'a', type: 'complete' }, subscribe('a', id)));
    expect(await client.hear()).toEqual(status('a', 'STARTED'));
    gateway.sandbox.jobs.finish(number);
    expect(await client.hear()).toEqual(status('a', 'FINISHED'));
    expect(await client.hear()).toEqual({ id: 'a', type: 'complete' });
    await eventually(async () => expect(await watchers()).toBe(0));
  });

  test.each([
    ['variables', `{"query":"{ __typename }","variables":{"a":${deep}}}`],
    ['what nobody asked for', `{"query":"{ __typename }","a":${deep}}`],
  ])('an operation is answered whose %s are nested thousands deep', async (_, payload) => {
    using client = await openSocket();
    await client.init();
    client.socket.send(`{"id":"a","type":"subscribe","payload":${payload}}`);
    expect(await client.hear()).toMatchObject({ id: 'a', type: 'next' });
    expect(await client.hear()).toEqual({ id: 'a', type: 'complete' });
  });

  test('an id that is given up and used again, over and over, leaves nothing behind', async () => {
    const client = await openSocket();
    await client.init();
    const { id } = await addJob(gateway.sandbox);
    for (let round = 0; round < 50; round += 1) {
      client.atOnce(() => client.say(subscribe('a', id), { id: 'a', type: 'complete' }));
    }
    client.say(subscribe('a', id));
    expect(await client.hear()).toEqual(status('a', 'STARTED'));
    await eventually(async () => expect(await watchers()).toBe(1));
    client.say({ id: 'a', type: 'complete' });
    await eventually(async () => expect(await watchers()).toBe(0));
    client.atOnce(() => client.say(subscribe('a', id), { id: 'a', type: 'complete' }, subscribe('a', id)));
    expect(await client.hear()).toEqual(status('a', 'STARTED'));
    client.socket.terminate();
    await eventually(async () => expect(await watchers()).toBe(0));
  });

  test('a complete of an id that nobody has ends no other operation', async () => {
    using client = await openSocket();
    await client.init();
    const { id, number } = await addJob(gateway.sandbox);
    client.say(subscribe('a', id));
    expect(await client.hear()).toEqual(status('a', 'STARTED'));
    for (const unknown of ['0', '1', '2', 'b']) client.say({ id: unknown, type: 'complete' });
    gateway.sandbox.jobs.finish(number);
    expect(await client.hear()).toEqual(status('a', 'FINISHED'));
  });

  test('operations that are given up before they have begun leave nothing', async () => {
    using client = await openSocket();
    await client.init();
    const { id } = await addJob(gateway.sandbox);
    const queries = [watchJobs, 'subscription {', '{ nothing }', '{ __typename }', 'query A { a }'];
    for (const [index, query] of queries.entries()) {
      const name = String(index);
      client.atOnce(() => client.say(subscribe(name, id, query), { id: name, type: 'complete' }));
    }
    client.say({ type: 'ping' });
    let heard = await client.hear();
    while (heard.type !== 'pong') heard = await client.hear();
    await eventually(async () => expect(await watchers()).toBe(0));
    const startedAt = performance.now();
    await gateway.gateway.close();
    // It waits a second for operations that run.
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  const mistakes: Record<string, { say: object[]; code: number }> = {
    'an operation before the handshake': { say: [subscribe('a', 'x')], code: 4401 },
    'a second handshake': { say: [{ type: 'connection_init' }, { type: 'connection_init' }], code: 4429 },
    'a message of no known type': { say: [{ type: 'start' }], code: 4400 },
    'a handshake of more than 64 KiB, which would be kept': {
      say: [{ type: 'connection_init', payload: { a: Array(22_000).fill([]) } }],
      code: 4400,
    },
    'an operation without a query': {
      say: [{ type: 'connection_init' }, { id: 'a', type: 'subscribe', payload: {} }],
      code: 4400,
    },
  };
  test.each(Object.entries(mistakes))(
    '%s closes it with the code of the protocol',
    async (_, { say, code }) => {
      using client = await openSocket();
      client.say(...say);
      expect(await client.closed).toBe(code);
    },
  );

  test('extensions of more than 5,000 values are refused, and nothing is watched', async () => {
    using client = await openSocket();
    await client.init();
    const { id } = await addJob(gateway.sandbox);
    const { payload, ...message } = subscribe('a', id);
    client.say({ ...message, payload: { ...payload, extensions: { a: Array(5_000).fill([]) } } });
    expect(await client.hear()).toMatchObject({
      ...{ id: 'a', type: 'error' },
      payload: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(await watchers()).toBe(0);
  });

  // The reason of a close has at most 123 bytes.
  test.each([
    ['a short id', 'a', 'Subscriber for a already exists'],
    ['an id that is just short enough', '€'.repeat(31), `Subscriber for ${'€'.repeat(31)} already exists`],
    ['an id of a character more', '€'.repeat(32), 'Subscriber already exists'],
    ['an id as long as you like', 'é'.repeat(1000), 'Subscriber already exists'],
  ])('%s that is still in use closes it', async (_, name, reason) => {
    using client = await openSocket();
    await client.init();
    const { id } = await addJob(gateway.sandbox);
    const told = once(client.socket, 'close');
    client.say(subscribe(name, id), subscribe(name, id));
    expect(await told).toEqual([4409, Buffer.from(reason)]);
    await eventually(async () => expect(await watchers()).toBe(0));
  });

  test.each([
    { name: 'text that is no JSON', frame: '{', code: 4400 },
    { name: 'a message that only servers send', frame: '{"type":"connection_ack"}', code: 4400 },
    { name: 'a result of its own', frame: '{"id":"a","type":"next","payload":{}}', code: 4400 },
    {
      name: 'a ping nested too deeply to be sent back',
      frame: `{"type":"ping","payload":{"a":${deep}}}`,
      code: 4400,
    },
    { name: 'a message of more than 1 MiB', frame: `"${'x'.repeat(1024 ** 2)}"`, code: 1009 },
  ])('$name closes it, and the server’s output stays clean', async ({ frame, code }) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    using client = await openSocket();
    await client.init();
    client.socket.send(frame);
    expect(await client.closed).toBe(code);
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    expect(await watchers()).toBe(0);
  });

  test('a message in more than a thousand fragments closes it', async () => {
    using client = await openSocket();
    await client.init();
    for (let sent = 0; sent <= 1_000; sent += 1) client.socket.send(' ', { fin: false });
    expect(await client.closed).toBe(1008);
  });

  test('of another subprotocol is closed', async () => {
    using client = await openSocket(gateway.url, []);
    expect(await client.closed).toBe(4406);
    const legacy = new WebSocket(gateway.url.replace('http', 'ws'), ['graphql-ws']);
    const [error] = await once(legacy, 'error');
    expect(error).toMatchObject({ message: 'Server sent no subprotocol' });
  });

  const upgrades: Record<string, { origin?: string; path?: string; status: number }> = {
    'a foreign origin': { origin: 'https://evil.example', status: 403 },
    'an origin that only begins like ours': { origin: 'http://127.0.0.1:1.evil.example', status: 403 },
    'the origin of a sandboxed frame': { origin: 'null', status: 403 },
    'another port of our host': { origin: 'http://127.0.0.1:1', status: 403 },
    'an origin that is listed': { origin: 'https://shop.example', status: 101 },
    'our own origin': { origin: 'own', status: 101 },
    'no origin, as of programs': { status: 101 },
    'another path': { path: '/other', status: 404 },
  };
  test.each(Object.entries(upgrades))(
    'asked for from %s is answered by %o',
    async (_, { origin, path, status }) => {
      const { origin: own } = new URL(gateway.url);
      const url = new URL(path ?? '/graphql', gateway.url.replace('http', 'ws'));
      const headers = origin === undefined ? {} : { origin: origin === 'own' ? own : origin };
      const socket = new WebSocket(url, ['graphql-transport-ws'], { headers });
      const answered = await Promise.race([
        once(socket, 'open').then(() => 101),
        once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
      ]);
      socket.on('error', () => {}).terminate();
      expect(answered).toBe(status);
    },
  );

  // A client may keep its side open for as long as it likes: each held a descriptor, and the process from ending.
  test.each([
    ['of another path', '/other', 13, 404],
    ['of a version that is none', '/graphql', 12, 400],
  ])(
    '%s is refused and over, also to a client that keeps its side open',
    async (_, path, version, status) => {
      using client = await openConnection(gateway.url);
      await client.write(
        requestHead('GET', path, {
          ...{ connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': version },
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        }),
      );
      expect(await client.answer()).toMatchObject({ status });
      await client.closed();
      await gateway.gateway.close();
    },
  );

  test('whose Upgrade header a proxy has dropped, as nginx does by default, is told so', async () => {
    using client = await openConnection(gateway.url);
    const handshake = { 'sec-websocket-version': 13, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    await client.write(requestHead('GET', '/graphql', { ...handshake, connection: 'close' }));
    const { status, body } = await client.answer();
    expect({ status, body }).toMatchObject({ status: 400, body: expect.stringContaining('Upgrade header') });
  });

  test('is told that each operation is complete, and closed, when the gateway goes away', async () => {
    using client = await openSocket();
    await client.init();
    const { id } = await addJob(gateway.sandbox);
    client.say(subscribe('a', id), subscribe('b', id));
    await client.hear();
    await client.hear();
    const closing = gateway.gateway.close();
    const ends = [await client.hear(), await client.hear()];
    expect(ends.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: 'a', type: 'complete' },
      { id: 'b', type: 'complete' },
    ]);
    expect(await client.closed).toBe(1001);
    await closing;
  });
});

describe('an event stream', () => {
  const open = (headers: Record<string, string> = {}, body: object = { query: '{ __typename }' }) =>
    request(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-cap-api-oauth-token': token, ...headers },
      body: JSON.stringify(body),
    });
  const watched = async () => {
    const { id, number } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.finish(number);
    return {
      id,
      body: { query: 'subscription ($id: ID!) { uploadJobUpdated(ids: [$id]) { id } }', variables: { id } },
    };
  };

  test('is written as the protocol says, with a first comment', async () => {
    const { id, body } = await watched();
    const answer = await open({ accept: 'text/event-stream' }, body);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    expect(await answer.body.text()).toBe(
      `:\n\nevent: next\ndata: {"data":{"uploadJobUpdated":{"id":"${id}"}}}\n\nevent: complete\ndata:\n\n`,
    );
  });

  test.each([
    ['a query', { query: '{ __typename }' }],
    ['a document that is refused', { query: '{ nothing }' }],
    ['no document', {}],
  ])('answers %s without a content coding, since `none` is the name of none', async (_, body) => {
    const answer = await open({ accept: 'text/event-stream' }, body);
    expect(await answer.body.text()).toContain('event: complete');
    expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });

  test('answers a GET, too, as an EventSource asks', async () => {
    const { id } = await watched();
    const url = new URL(gateway.url);
    url.searchParams.set('query', `subscription { uploadJobUpdated(ids: "${id}") { id } }`);
    const headers = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
    const answer = await request(url, { headers });
    expect(await answer.body.text()).toContain(
      `event: next\ndata: {"data":{"uploadJobUpdated":{"id":"${id}"}}}`,
    );
  });

  test('goes to the pages of a listed origin', async () => {
    const { body } = await watched();
    const answer = await open({ accept: 'text/event-stream', origin: 'https://shop.example' }, body);
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(await answer.body.text()).toContain('event: complete');
  });

  test.each([
    { accept: undefined },
    { accept: '*/*' },
    { accept: 'application/json, text/event-stream' },
    { accept: 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed' },
  ])('is what a subscription is answered with, when $accept is accepted', async ({ accept }) => {
    const { body } = await watched();
    const answer = await open(accept === undefined ? {} : { accept }, body);
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(await answer.body.text()).toContain('event: complete');
  });

  test.each([
    { accept: 'application/json' },
    { accept: 'application/graphql-response+json' },
    { accept: 'multipart/mixed' },
    { accept: 'multipart/mixed;deferSpec=20220824,application/json' },
    { accept: 'multipart/mixed;subscriptionSpec=2.0' },
    { accept: 'multipart/mixed, application/json;subscriptionSpec=1.0' },
  ])('is refused to who accepts $accept only, and nothing is polled', async ({ accept }) => {
    const { body } = await watched();
    const answer = await open({ accept }, body);
    expect(answer.statusCode).toBe(406);
    expect(await answer.body.text()).toContain('"code":"NOT_ACCEPTABLE"');
    expect(await watchers()).toBe(0);
    expect(pollsOf(gateway.sandbox)).toEqual([]);
  });

  test.each([
    { name: 'a body that is no JSON', body: '{' },
    { name: 'a list of operations', body: '[]' },
  ])('is not begun for $name', async ({ body }) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const answer = await request(gateway.url, { method: 'POST', headers, body });
    expect(answer.statusCode).toBe(400);
    expect(await answer.body.text()).toContain('"code":"BAD_REQUEST"');
  });
});

describe('what keeps proxies from cutting', () => {
  const jobId = 'COUPON_BATCH:1:1';
  let url: string;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const logger = pino({ level: 'silent' });
    const watcher = createWatcher({ listJobs: async () => [job('1', 'STARTED')], isTerminal: () => false });
    const createContext = ({ signal }: GraphQLRequest) =>
      ({
        credential: () => passThroughCredential(token),
        signal,
        watcher,
        seriesJobs: { pace() {}, forget() {} },
      }) as unknown as GatewayContext;
    const persisted = createPersistedDocuments({ documents: undefined, only: false });
    const graphql = createGraphQLHandler({
      ...{ schema, createContext, keepAliveMs: 10, idleTimeoutMs: 1000 },
      ...{ corsOrigins: [], allowedHosts: [], introspection: false },
      documentLimits: parseConfig({}).documentLimits,
      uploadPlaces: createUploadPlaces({ max: 1, maxPerCredential: 1 }),
      persisted,
    });
    const work = createWorkInHand();
    const metrics = async () => ({ contentType: 'text/plain', text: '' });
    const beginOperation = createOperationRecords({ log: logger });
    const server = createServer(
      createRequestListener({
        ...{ graphql: createSendResponse(graphql, logger), beginOperation, work, metrics },
        ...{ corsOrigins: [], allowedHosts: [], idleTimeoutMs: 1000, log: logger },
      }),
    );
    const closeSockets = serveWebSocket({
      server,
      graphql,
      beginOperation,
      work,
      corsOrigins: [],
      allowedHosts: [],
      log: logger,
      queryOf: persisted.queryOf,
      // In which one thread has to send a ping and to answer it.
      keepAliveMs: 200,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    close = async () => {
      await watcher.close();
      await closeSockets();
      server.closeAllConnections();
      server.close();
    };
  });
  afterEach(() => close());

  test('over SSE are comments', async () => {
    const { body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: watchJobs, variables: { ids: jobId } }),
    });
    let received = '';
    for await (const chunk of body) {
      received += chunk;
      if (received.endsWith('}\n\n:\n\n:\n\n:\n\n')) break;
    }
    expect(received).toMatch(/^:\n\nevent: next\ndata: .*\n\n(:\n\n)+$/);
  });

  test('over SSE are not sent to who takes nothing', async () => {
    const large = 'x'.repeat(32 * 1024 ** 2);
    async function* once32MiB() {
      yield large;
    }
    const options = { format: eventStream, toText: String, onBug: () => {}, keepAliveMs: 5 };
    const pings = Object.assign((async function* () {})(), { next: () => new Promise<never>(() => {}) });
    await using server = await startStubServer((asked, _, response) => {
      sendEvents(response, asked.path === '/large' ? once32MiB() : pings, options);
      return undefined;
    });
    const slow = await request(new URL('/large', server.url));
    // The clock: somebody else on this server who does take them.
    const clock = await request(server.url);
    let comments = '';
    for await (const chunk of clock.body) {
      comments += chunk;
      if (comments.length > 20 * ':\n\n'.length) break;
    }
    const received = await slow.body.text();
    expect(received.length).toBe(`:\n\nevent: next\ndata: ${large}\n\nevent: complete\ndata:\n\n`.length);
  });

  test('over WebSocket are pings, and who answers none is cut', async () => {
    using client = await openSocket(url);
    await client.init();
    client.say(subscribe('a', jobId));
    for (let count = 0; count < 3; count += 1) await once(client.socket, 'ping');
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    using deaf = await openSocket(url, ['graphql-transport-ws'], { autoPong: false });
    expect(await deaf.closed).toBe(1006);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });
});

const watchers = () => readMetric(gateway.url, 'gateway_watchers');
