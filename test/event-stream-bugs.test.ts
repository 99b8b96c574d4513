import { request } from 'undici';
import { expect, test } from 'vitest';
import { sendEvents } from '../src/http/event-stream/send-events.ts';
import { eventStream } from '../src/http/event-stream/stream-format.ts';
import { startStubServer } from './support/stub-server.ts';

const bug = new Error('nobody thought of this');

async function* failing() {
  yield 'a value';
  throw bug;
}

async function* values() {
  yield 'a value';
  yield 'another';
}

const unwritable = (value: string) => {
  if (value === 'another') throw bug;
  return value;
};

test.each([
  { name: 'in the source of its events', source: failing, toText: String },
  { name: 'in the writing of one', source: values, toText: unwritable },
])('A bug $name cuts the response, and is heard of', async ({ source, toText }) => {
  const bugs: unknown[] = [];
  await using server = await startStubServer((_asked, _, response) => {
    const onBug = (error: unknown) => void bugs.push(error);
    sendEvents(response, source(), { format: eventStream, toText, onBug, keepAliveMs: 60_000 });
    return undefined;
  });
  const answer = request(server.url).then(({ body }) => body.text());
  await expect(answer).rejects.toThrow('other side closed');
  expect(bugs).toEqual([bug]);
});
