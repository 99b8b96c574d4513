import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendEvents } from '../src/http/event-stream/send-events.ts';
import { multipartStream } from '../src/http/event-stream/stream-format.ts';
import { token } from './support/graphql-client.ts';
import { openConnection } from './support/raw-connection.ts';
import { requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { startStubServer } from './support/stub-server.ts';
import { addJob, fast, watchJobs } from './support/subscription-clients.ts';

// Apollo's protocol: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
const spec = 'multipart/mixed;subscriptionSpec=1.0';
const part = (json: string) =>
  `\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${json}\r\n--graphql`;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway(fast);
  gateway.sandbox.jobs.hold();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const open = (accept: string, ids: string, query = watchJobs) =>
  request(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, 'x-cap-api-oauth-token': token },
    body: JSON.stringify({ query, variables: { ids } }),
  });

async function finishedJob(): Promise<string> {
  const { id, number } = await addJob(gateway.sandbox);
  gateway.sandbox.jobs.finish(number);
  return id;
}

describe('a multipart response', () => {
  test('that is refused is plain JSON with the status of its error', async () => {
    const answer = await open(`${spec}, application/graphql-response+json`, 'x', 'subscription {');
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/graphql-response\+json/);
    expect(await answer.body.json()).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
  });

  test('tells what ends the watch as a result, code and all, and closes properly', async () => {
    const { body } = await open(spec, 'COUPON_BATCH:541854:1');
    const text = await body.text();
    const [, , told = ''] = text.split('--graphql');
    expect(JSON.parse(told.slice(told.indexOf('{')))).toEqual({
      payload: {
        data: null,
        errors: [
          expect.objectContaining({
            path: ['uploadJobUpdated'],
            extensions: expect.objectContaining({ code: 'JOB_NOT_FOUND' }) as object,
          }),
        ],
      },
    });
    expect(text.endsWith('}\r\n--graphql--\r\n')).toBe(true);
  });

  test('is written as the protocol says: a first ping, the results as payloads, the closing boundary', async () => {
    const id = await finishedJob();
    const query = 'subscription ($ids: [ID!]!) { uploadJobUpdated(ids: $ids) { id } }';
    const answer = await open(spec, id, query);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    const result = `{"payload":{"data":{"uploadJobUpdated":{"id":"${id}"}}}}`;
    expect(await answer.body.text()).toBe(`\r\n--graphql${part('{}')}${part(result)}--\r\n`);
  });

  test('has the boundary behind each part at once: no state waits for the next one', async () => {
    const { id } = await addJob(gateway.sandbox);
    using connection = await openConnection(gateway.url);
    const body = JSON.stringify({ query: watchJobs, variables: { ids: id } });
    const headers = { accept: spec, 'content-type': 'application/json', 'content-length': body.length };
    await connection.write(
      requestHead('POST', '/graphql', { ...headers, 'x-cap-api-oauth-token': token }) + body,
    );
    let received = '';
    for await (const chunk of connection.socket.iterator({ destroyOnReturn: false })) {
      received += chunk;
      if (/"STARTED"[^\r]*\r\n--graphql\r\n/.test(received)) break;
    }
    expect(received.match(/"payload"/g)).toHaveLength(1);
  });

  test.each([
    'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
    'multipart/mixed; subscriptionSpec="1.0", application/json',
    'Multipart/Mixed; SubscriptionSpec=1.0',
    'application/json, multipart/mixed;subscriptionSpec=1.0',
    'multipart/mixed;subscriptionSpec=1.0, */*',
  ])('is what a subscription is answered with, when %s is accepted', async (accept) => {
    const answer = await open(accept, await finishedJob());
    expect(answer.headers['content-type']).toMatch(/^multipart\/mixed/);
    expect(await answer.body.text()).toContain('"FINISHED"');
  });

  test('is not chosen where event streams are accepted as well', async () => {
    const answer = await open(`${spec}, text/event-stream`, await finishedJob());
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(await answer.body.text()).toContain('event: complete');
  });

  test('pings with empty objects, which its clients pass over', async () => {
    const waiting = Object.assign((async function* () {})(), { next: () => new Promise<never>(() => {}) });
    await using server = await startStubServer((_asked, _, response) => {
      const options = { format: multipartStream, toText: String, onBug: () => {}, keepAliveMs: 5 };
      sendEvents(response, waiting, options);
      return undefined;
    });
    const { body } = await request(server.url);
    let received = '';
    for await (const chunk of body) {
      received += chunk;
      if (received.length > 5 * part('{}').length) break;
    }
    expect(received.replaceAll(part('{}'), '')).toBe('\r\n--graphql');
  });
});
